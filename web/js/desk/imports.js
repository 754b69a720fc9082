// `#imports`: files to be taken into the register: sent, looked at, applied or thrown away. `#imports/3`: one of them.

import { choice } from '../dialog.js';
import { el, show, toast } from '../dom.js';
import { language, named, t } from '../i18n.js';
import { review, stateTag } from './imports/review.js';
import { entry, formSheet } from './keeping/form.js';
import { button, empty, head, row, rows, section } from './keeping/look.js';
import { when } from './keeping/times.js';

/** @typedef {import('./types').Desk} Desk */
/** @typedef {import('./keeping/types').Import} Import */

/** How a file may be read: `docs/profiles.md` tells of each. */
const PROFILES = ['template', 'gongce-xlsx', 'gongce-csv', 'gongce-geojson', 'guangzhou', 'guangzhou-csv', 'hongkong-osm', 'paris', 'seoul', 'seoul-2018', 'taipei', 'taipei-utf16', 'taipei-big5', 'taipei-cp950'];
const SIZE = new Intl.NumberFormat(language, { style: 'unit', unit: 'kilobyte', maximumFractionDigits: 1 });

/**
 * @param {HTMLElement} root
 * @param {Desk} desk
 */
export async function open(root, desk) {
  const id = Number(desk.path[0] ?? 0);
  if (id > 0) {
    await review(root, desk, id);
    return;
  }
  // The register as a whole is taken in; whoever has an area alone may not.
  if (!desk.me.grants.some(({ role, area }) => role === 'admin' && area === undefined)) {
    show(root, head(t('imports.title'), ''), el('section', { class: 'card' }, empty(t('imports.notYours'))));
    return;
  }
  /** @type {Import[]} */
  const list = await desk.all('/imports');
  show(root, head(t('imports.title'), t('imports.lead'), button(t('imports.upload'), () => upload(desk), 'main')),
    section(t('imports.files'), list.length, list.length === 0 ? empty(t('imports.none')) : rows(list.map((file) => line(desk, file)))));
}

/**
 * @param {Desk} desk
 * @param {Import} file
 */
function line(desk, file) {
  return row({
    title: el('a', { href: `#imports/${file.id}` }, named('profile', file.profile)), tags: [stateTag(file)],
    facts: [file.source, SIZE.format(file.bytes / 1000), t('imports.at', { time: when(file.uploadedAt, desk.zone) }), file.sync && t('imports.sync')],
  }, { 'data-import': file.id });
}

/** @param {Desk} desk */
function upload(desk) {
  const profile = choice('profile', PROFILES.map((one) => [one, named('profile', one)]));
  profile.required = true;
  const file = el('input', { type: 'file', name: 'file', required: true, accept: '.csv,.xlsx,.xls,.json,.geojson' });
  const sync = choice('sync', [['', t('imports.partly')], ['true', t('imports.wholly')]]);
  formSheet(t('imports.upload'), {
    fields: [el('p', { class: 'quiet' }, t('imports.nothingYet')), entry(t('imports.file'), file), entry(t('imports.profile'), profile), entry(t('imports.kind'), sync, t('imports.kindHint'))],
    submit: t('imports.send'),
    meanings: { conflict: t('imports.cutOff'), 503: t('imports.busy'), tooLarge: t('imports.tooLarge'), unsupportedMediaType: t('imports.notRead') },
    send: async (given, key) => {
      const chosen = file.files?.[0];
      if (!chosen) return;
      // The browser's own guess at the type depends on what is installed.
      const body = new Blob([chosen], { type: 'application/octet-stream' });
      const params = { profile: profile.value, sync: given.get('sync') ? true : undefined };
      const name = key({ ...params, file: [chosen.name, chosen.size, chosen.lastModified] });
      /** @type {import('../api.js').Answer<Import>} */
      const { body: made } = await desk.ask('POST', '/imports', { body, params, key: name });
      toast(t('imports.sent'));
      desk.go('imports', made.id);
    },
  });
}
