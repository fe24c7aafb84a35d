// What campaigns and scenarios use of letters.

export { layOnPile } from './laying.ts';
export { callBackAll, callBackOverdue, callBackSome, cut, makeBatch, sortUncut } from './making.ts';
