import { setFlagsFromString } from 'node:v8';

/**
 * Keeps V8's nursery small, to be called before anything large is loaded: reading makes much that is soon forgotten, and the
 * nursery otherwise grows to 50 MB and more. Measured on 800,000 rows of CSV: 234 MB without, 166 MB with it, same time.
 */
export function keepSmall(): void {
  setFlagsFromString('--semi-space-growth-factor=1');
  setFlagsFromString('--max-semi-space-size=4');
}
