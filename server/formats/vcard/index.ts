export { interpretCard } from './interpret.ts';
export {
  parameterValues,
  parseVcard,
  serialise,
  type VcardProperty,
} from './property.ts';
export { readVcards } from './read.ts';
export { escapeText, unescapeText } from './value.ts';
export { type VcardVersion, vcardProperties, writeVcard } from './write.ts';
