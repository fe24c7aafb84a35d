import { z } from 'zod';

/** Of an API, without a slash at its end. */
export const baseUrl = z
  .url({ protocol: /^https?$/ })
  .max(500)
  .transform((url) => url.replace(/\/+$/, ''));

export const token = z.string().trim().min(1).max(1000);
/** With which what comes back is signed: as long as one likes, but no word that is guessed. */
export const signing = z.string().trim().min(16).max(200);
