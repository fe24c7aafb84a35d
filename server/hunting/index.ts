// What others may use of hunts.

export { isBeingSharedOut, listHunted } from './queries.ts';
