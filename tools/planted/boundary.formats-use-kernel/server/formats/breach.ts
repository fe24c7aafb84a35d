export { root } from '../kernel/config.ts';
