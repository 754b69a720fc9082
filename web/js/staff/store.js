// What this device keeps for those who clean: records that wait, photos, what is being written, the last round.

/** @typedef {'records' | 'photos' | 'drafts' | 'kept'} Shelf */

const NAME = 'gongce-staff';
/** @type {[Shelf, string][]} */
const SHELVES = [['records', 'id'], ['photos', 'id'], ['drafts', 'id'], ['kept', 'key']];

/** @type {Promise<IDBDatabase> | null} */
let opening = null;

function database() {
  opening ??= open().catch((error) => {
    opening = null;
    throw error;
  });
  return opening;
}

/** @returns {Promise<IDBDatabase>} */
function open() {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => {
      for (const [shelf, keyPath] of SHELVES) request.result.createObjectStore(shelf, { keyPath });
    };
    request.onerror = () => reject(request.error);
    request.onsuccess = () => {
      const opened = request.result;
      // A later page with other shelves must not wait for this one.
      opened.onversionchange = () => opened.close();
      opened.onclose = () => { opening = null; };
      resolve(opened);
    };
  });
}

/**
 * What a request of the database answers.
 * @template T
 * @param {IDBRequest<T>} request
 * @returns {Promise<T>}
 */
export function answered(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/**
 * Writes all of something or nothing. It is on the disk, not only on its way there, when this is done.
 * @template T
 * @param {Shelf[]} shelves
 * @param {(on: (shelf: Shelf) => IDBObjectStore) => Promise<T>} work may wait for requests of these shelves and nothing else
 * @returns {Promise<T>}
 */
export async function write(shelves, work) {
  const transaction = (await database()).transaction(shelves, 'readwrite', { durability: 'strict' });
  const ended = new Promise((resolve, reject) => {
    transaction.oncomplete = resolve;
    transaction.onabort = () => reject(transaction.error ?? new Error('not written'));
  });
  try {
    const made = await work((shelf) => transaction.objectStore(shelf));
    await ended;
    return made;
  } catch (error) {
    ended.catch(() => undefined);
    try {
      transaction.abort();
    } catch {
      // It has ended already.
    }
    throw error;
  }
}

/**
 * @template T
 * @param {Shelf} shelf
 * @param {string} key
 * @returns {Promise<T | undefined>}
 */
export async function read(shelf, key) {
  return answered((await database()).transaction(shelf).objectStore(shelf).get(key));
}

/**
 * All on a shelf that belongs to somebody.
 * @template {{person: string}} T
 * @param {Shelf} shelf
 * @param {string} person
 * @returns {Promise<T[]>}
 */
export async function allOf(shelf, person) {
  /** @type {T[]} */
  const found = await answered((await database()).transaction(shelf).objectStore(shelf).getAll());
  return found.filter((one) => one.person === person);
}

/**
 * @param {Shelf} shelf
 * @param {object} value
 */
export function put(shelf, value) {
  return write([shelf], async (on) => { on(shelf).put(value); });
}

/**
 * Who has something unsent here, and how much.
 * @returns {Promise<Map<string, number>>} by person
 */
export async function waitingByPerson() {
  /** @type {import('./types').Entry[]} */
  const found = await answered((await database()).transaction('records').objectStore('records').getAll());
  const counted = new Map();
  for (const { person, outcome } of found) {
    if (!outcome || outcome.retry) counted.set(person, (counted.get(person) ?? 0) + 1);
  }
  return counted;
}
