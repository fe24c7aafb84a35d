/** What other modules may use of facts: telling them, saying whose a browser is, and deleting. */
export { forgetSubjects, forgetTracked } from './forgetting.ts';
export { identify } from './identifying.ts';
export { recordFacts } from './telling.ts';
export { enterFacts } from './kinds.ts';
