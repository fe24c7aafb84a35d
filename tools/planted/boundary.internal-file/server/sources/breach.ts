import { listPeople } from '../cards/queries.ts';

export const planted = listPeople;
