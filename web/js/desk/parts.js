// The parts of the desk, in the order in which the frame lists them, and what one must be allowed to be shown each.

/** @typedef {import('./types').Ability} Ability */
/** @typedef {import('./types').Part} Part */

/**
 * @typedef {object} Listed
 * @property {PartName} name
 * @property {Ability} needs
 * @property {() => Promise<Part>} load
 */

/** @typedef {'today' | 'figures' | 'plans' | 'outages' | 'suggestions' | 'grades' | 'people' | 'layout' | 'imports' | 'plates'} PartName */

/** @type {Listed[]} */
export const PARTS = [
  { name: 'today', needs: 'watchEvents', load: () => import('./today.js') },
  { name: 'figures', needs: 'readReports', load: () => import('./figures.js') },
  { name: 'plans', needs: 'readPlans', load: () => import('./plans.js') },
  { name: 'outages', needs: 'readOutages', load: () => import('./outages.js') },
  { name: 'suggestions', needs: 'readSuggestions', load: () => import('./suggestions.js') },
  { name: 'grades', needs: 'readGrades', load: () => import('./grades.js') },
  { name: 'people', needs: 'readStaff', load: () => import('./people.js') },
  { name: 'layout', needs: 'readReports', load: () => import('./layout.js') },
  { name: 'imports', needs: 'reviewImport', load: () => import('./imports.js') },
  { name: 'plates', needs: 'issuePlate', load: () => import('./plates.js') },
];
