export { interpretCard } from './interpret.ts';
export {
  encodingOf,
  parameter,
  parameterValues,
  parseVcard,
  quoteParameter,
  serialise,
  typesOf,
  type VcardParameter,
  type VcardProperty,
} from './property.ts';
export { readVcards } from './read.ts';
export { escapeText, unescapeText } from './value.ts';
export { type VcardVersion, vcardProperties, writeVcard } from './write.ts';
