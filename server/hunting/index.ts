// What others may use of hunts.

export { listHunted } from './queries.ts';
