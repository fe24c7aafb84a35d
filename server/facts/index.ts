/** What other modules may use of facts: telling them, saying whose a browser is, and deleting. */
export { forgetSubjects, forgetTracked } from './forgetting.ts';
export { identifyVisitor } from './identifying.ts';
export { isVisitor } from './rules.ts';
export { recordFacts, type ToldFact } from './telling.ts';
