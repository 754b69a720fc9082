// The photos of a record that is being written.

import { el, show, toast } from '../dom.js';
import { t } from '../i18n.js';
import { icon } from '../icons.js';
import { MOST_PHOTOS, picture, take } from './photos.js';
import { read, write } from './store.js';

/** @typedef {import('./types').Draft} Draft */
/** @typedef {import('./types').KeptPhoto} KeptPhoto */

/**
 * @param {Draft} draft
 * @param {() => void} keep
 */
export function photosField(draft, keep) {
  const shown = el('div', { class: 'shots' });
  const input = el('input', { type: 'file', accept: 'image/*', capture: 'environment', class: 'file' });
  const add = el('label', { class: 'button shoot' }, icon('camera'), el('span', {}, t('log.photo')), input);
  const draw = async () => {
    const photos = await Promise.all(draft.photos.map((id) => /** @type {Promise<KeptPhoto | undefined>} */ (read('photos', id))));
    show(shown, ...photos.flatMap((photo, place) => (photo ? [thumbnail(photo, place, drop)] : [])));
    add.hidden = draft.photos.length >= MOST_PHOTOS;
  };
  const drop = async (/** @type {string} */ id) => {
    draft.photos = draft.photos.filter((one) => one !== id);
    keep();
    await write(['photos'], async (on) => { on('photos').delete(id); });
    await draw();
  };
  input.addEventListener('change', async () => {
    const [file] = input.files ?? [];
    input.value = '';
    if (!file) return;
    try {
      const id = await take(file, draft.person, draft.id);
      if (id) draft.photos = [...draft.photos, id];
      else toast(t('photos.unfit'));
    } catch {
      toast(t('log.notSaved'));
    }
    keep();
    await draw();
  });
  draw();
  return el('fieldset', {}, el('legend', {}, t('log.photos')), shown, add);
}

/**
 * @param {KeptPhoto} photo
 * @param {number} place
 * @param {(id: string) => void} drop
 */
function thumbnail(photo, place, drop) {
  const url = picture(photo);
  const image = url && el('img', { src: url, alt: t('photos.one', { n: place + 1 }), onload: () => URL.revokeObjectURL(url) });
  return el('figure', { class: 'shot' }, image,
    el('button', { class: 'plain narrow', type: 'button', 'aria-label': t('photos.drop', { n: place + 1 }), onclick: () => drop(photo.id) }, icon('close')));
}
