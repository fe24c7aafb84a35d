import { openTestApp } from '../kernel/testing.ts';

export const planted = openTestApp;
