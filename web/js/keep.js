// What this device remembers for its reader. A browser that keeps nothing for us still shows the page.

/**
 * @param {string} name
 * @returns {string | null} what was kept under that name
 */
export function kept(name) {
  try {
    return localStorage.getItem(`gongce.${name}`);
  } catch {
    return null;
  }
}

/**
 * @param {string} name
 * @param {string | null} value what to keep; null forgets
 */
export function keep(name, value) {
  try {
    if (value === null) localStorage.removeItem(`gongce.${name}`);
    else localStorage.setItem(`gongce.${name}`, value);
  } catch {
    // Private windows keep nothing.
  }
}
