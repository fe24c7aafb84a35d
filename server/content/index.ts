// What others may use of contents.

export { beginContent } from './beginning.ts';
export { type Brief, findBriefly, getContent, readLetterhead } from './describing.ts';
export { findOctetsOf } from './images.ts';
export type { Kind } from './kinds-contract.ts';
export { Paper, UnwritableSign } from './letters/paper.ts';
export { sampleAddress, toLetter } from './letters/writing.ts';
export type { CompiledSet } from './rendering/compile.ts';
export { piecesOf } from './rendering/liquid.ts';
export { pageDocument, pageStyleHash } from './rendering/page-document.ts';
export { type Aside, type Mail, renderFor } from './rendering/render.ts';
export { compileNow, findCompiled, sealContent } from './sealing.ts';
export { samples } from './trying.ts';
export { personVariables, senderVariables } from './variables.ts';
export type { Variables } from './variables-contract.ts';
export { writeContents } from './writing.ts';
