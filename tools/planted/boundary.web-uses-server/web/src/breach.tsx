export const planted = () => import('../../server/cards/queries.ts');
