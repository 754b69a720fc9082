// Keeps the pages on the device, so that they open without a network. What they ask of the service goes past it, but for
// the areas, which a map without a network is drawn from; the copy of the register is kept by js/offline/copy.js.

const WEB = '{{web}}';
// The desk is not worked at without a network.
const FILES = '{{files}}'.split(' ').filter((file) => !/^(js|css)\/desk|\/desk(work)?\.js$|^vendor\/uplot/.test(file));
const PAGES = ['/', '/board', '/staff', '/join', '/manifest.webmanifest'];
const CACHE = `gongce-pages ${WEB}`;
const AREAS = 'gongce-areas';
/** How long a page is waited for before the kept one will do, in milliseconds. */
const PATIENCE = 4000;

/** @type {ServiceWorkerGlobalScope} */
const worker = /** @type {any} */ (self);

worker.addEventListener('install', (event) => {
  event.waitUntil(keepAll().then(() => worker.skipWaiting()));
});

worker.addEventListener('activate', (event) => {
  event.waitUntil(forgetOthers().then(() => worker.clients.claim()));
});

worker.addEventListener('fetch', (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== 'GET' || url.origin !== worker.location.origin) return;
  if (url.pathname.startsWith(`${WEB}/`)) event.respondWith(kept(event.request));
  else if (event.request.mode === 'navigate' && pageOf(url.pathname)) event.respondWith(page(event.request, pageOf(url.pathname)));
  else if (isOfAreas(url.pathname)) event.respondWith(fresh(event.request));
});

async function keepAll() {
  const cache = await caches.open(CACHE);
  await cache.addAll([...FILES.map((file) => `${WEB}/${file}`), ...PAGES]);
}

async function forgetOthers() {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name.startsWith('gongce-pages ') && name !== CACHE).map((name) => caches.delete(name)));
}

/** @param {Request} request */
async function kept(request) {
  return (await caches.match(request)) ?? fetch(request);
}

/**
 * The page that answers a path where the service does not; '' for what is no page of ours. Of a plate the page of the staff
 * reads what can be read without a network: whoever cleans underground scans it there.
 * @param {string} path
 */
function pageOf(path) {
  if (path.startsWith('/toilets/')) return '/';
  if (path.startsWith('/board/')) return '/board';
  if (path.startsWith('/p/')) return '/staff';
  return PAGES.includes(path) ? path : '';
}

/** @param {string} path */
function isOfAreas(path) {
  return path.startsWith('/api/v1/areas') && !path.includes('/events');
}

/**
 * @param {Request} request
 * @param {string} path
 */
async function page(request, path) {
  const held = (await caches.open(CACHE)).match(path);
  try {
    return await fetch(request, (await held) ? { signal: AbortSignal.timeout(PATIENCE) } : {});
  } catch (error) {
    const found = await held;
    if (!found) throw error;
    return found;
  }
}

/**
 * From the service, and kept for when it does not answer.
 * @param {Request} request
 */
async function fresh(request) {
  const cache = await caches.open(AREAS);
  try {
    const response = await fetch(request);
    if (response.ok) await cache.put(request, response.clone());
    return response;
  } catch (error) {
    const found = await cache.match(request);
    if (!found) throw error;
    return found;
  }
}
