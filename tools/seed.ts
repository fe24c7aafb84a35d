// What tests draw by lot, they draw from one seed (vitest.config.ts); each file begins with it anew.
import { configureGlobal } from 'fast-check';

configureGlobal({ seed: Number(process.env.SEED) });
