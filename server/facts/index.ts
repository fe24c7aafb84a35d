/** What other modules may use of facts: telling them, saying whose a browser is, reading and deleting. */
export { followKinds } from './copies.ts';
export { forgetSubjects, forgetTracked } from './forgetting.ts';
export { identifyVisitor } from './identifying.ts';
export { enterFacts } from './kinds.ts';
export { listFactsOfEach } from './queries.ts';
export { isVisitor } from './rules.ts';
export { recordFacts, type ToldFact } from './telling.ts';
