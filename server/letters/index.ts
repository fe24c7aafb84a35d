// What campaigns and scenarios use of letters.

export { layOnPile } from './laying.ts';
export { callBackAll, callBackSome, cut, sortUncut } from './making.ts';
