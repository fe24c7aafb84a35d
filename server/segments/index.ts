/** What other modules may use of segments: whom a viewer sees of them, and to hear when somebody sees one no longer. */
export { followSegments } from './copies.ts';
export { copySegments } from './seeing.ts';
