import { member } from '../identity/contract.ts';

export const planted = member;
