// Which toilet: by the camera, by what is typed, or from the round.

import { sentence } from '../api.js';
import { el, show } from '../dom.js';
import { nameOf } from '../facts.js';
import { t } from '../i18n.js';
import { icon } from '../icons.js';
import { hasLamp, lamp, look } from './camera.js';
import { begin } from './drafting.js';
import { meant } from './plates.js';
import { keptRound } from './round.js';
import { byNumber, byText } from './toilets.js';

/** @typedef {import('./types').Known} Known */

/**
 * @param {HTMLElement} main
 * @param {string} person
 * @param {AbortSignal} signal
 */
export async function scan(main, person, signal) {
  const said = el('p', { role: 'status', class: 'scan-said' });
  const found = el('div', { class: 'places' });
  const pick = async (/** @type {string} */ text) => {
    show(found);
    show(said, t('loading'));
    show(said, await picked(text, person, found));
  };
  show(main, el('div', { class: 'scan' },
    el('a', { class: 'plain back', href: '#' }, icon('back'), t('back')),
    el('section', { class: 'card' }, el('h1', {}, t('scan.title')), camera(signal, pick), said, typed(pick), found),
    await stops(person)));
}

/**
 * Goes on with what was scanned or typed.
 * @param {string} text
 * @param {string} person
 * @param {HTMLElement} found where to choose from several
 * @returns {Promise<string>} what is to be said
 */
async function picked(text, person, found) {
  const what = meant(text);
  if (!what) return t('scan.notOurs');
  try {
    if (!('code' in what)) {
      const toilet = await byNumber(what.toilet, person);
      if (!toilet) return t('scan.nowhere');
      await begin(person, toilet, 'token' in what ? what.token : undefined);
      return '';
    }
    const toilets = await byText(what.code, person);
    const [one] = toilets;
    if (!one) return t('scan.nowhere');
    if (toilets.length === 1) await begin(person, one);
    show(found, ...toilets.map((toilet) => choice(toilet, person)));
    return toilets.length === 1 ? '' : t('scan.which');
  } catch (error) {
    return sentence(error);
  }
}

/**
 * @param {Known} toilet
 * @param {string} person
 */
function choice(toilet, person) {
  return el('button', { type: 'button', onclick: () => begin(person, toilet) }, nameOf(toilet), ' ', el('span', { class: 'quiet small' }, toilet.code ?? `#${toilet.id}`));
}

/**
 * @param {AbortSignal} signal
 * @param {(text: string) => void} pick
 */
function camera(signal, pick) {
  const video = el('video', { playsinline: true, muted: true, 'aria-label': t('scan.camera') });
  video.muted = true;
  const hint = el('p', { class: 'hint' }, t('scan.opening'));
  const box = el('div', { class: 'finder' }, video, el('span', { class: 'frame', 'aria-hidden': 'true' }), hint);
  const code = (/** @type {string} */ text) => {
    const what = meant(text);
    if (!what || !('token' in what)) {
      show(hint, t('scan.notOurs'));
      return false;
    }
    navigator.vibrate?.(60);
    pick(text);
    return true;
  };
  look(video, signal, code).then((track) => {
    show(hint, t('scan.hold'));
    if (hasLamp(track)) box.append(lampButton(track));
  }, (error) => {
    if (signal.aborted) return;
    box.classList.add('none');
    video.remove();
    show(hint, error?.name === 'NotAllowedError' ? t('scan.forbidden') : t('scan.noCamera'));
  });
  return box;
}

/** @param {MediaStreamTrack} track */
function lampButton(track) {
  const button = el('button', { class: 'button lamp', type: 'button', 'aria-pressed': false, onclick: async () => {
    const on = button.getAttribute('aria-pressed') !== 'true';
    await lamp(track, on).catch(() => undefined);
    button.setAttribute('aria-pressed', String(on));
  } }, t('scan.lamp'));
  return button;
}

/** @param {(text: string) => void} pick */
function typed(pick) {
  const input = el('input', { name: 'plate', autocomplete: 'off', autocapitalize: 'none', spellcheck: 'false', enterkeyhint: 'go', required: true, maxlength: 512 });
  const form = el('form', {}, el('label', { class: 'field' }, el('span', {}, t('scan.typed')), input, el('span', { class: 'quiet small' }, t('scan.typedHow'))),
    el('button', { class: 'button wide', type: 'submit' }, t('scan.go')));
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    pick(input.value);
  });
  return form;
}

/** @param {string} person */
async function stops(person) {
  const kept = await keptRound(person).catch(() => undefined);
  if (!kept || kept.round.items.length === 0) return null;
  const toilets = kept.round.items.map(({ toilet, name, nameEn, code }) => ({ id: toilet, name, ...(nameEn && { nameEn }), ...(code && { code }) }));
  return el('section', { class: 'card' }, el('h2', {}, t('scan.fromRound')), el('div', { class: 'places' }, toilets.map((toilet) => choice(toilet, person))));
}
