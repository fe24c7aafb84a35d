// What others may use of contents.

export { type Brief, findBriefly } from './describing.ts';
export type { CompiledSet } from './rendering/compile.ts';
export { type Aside, type Mail, renderFor } from './rendering/render.ts';
export { findCompiled, sealContent } from './sealing.ts';
export { personVariables, senderVariables } from './variables.ts';
export type { Variables } from './variables-contract.ts';
