import { expect, test } from 'vitest';
import type { PersonValue } from '../../../../server/cards/contract.ts';
import { linkOf } from './values.ts';

const site = (value: string) => linkOf({ kind: 'url', value: { value }, display: value } as unknown as PersonValue);

test.each([
  'javascript:alert(1)',
  ' javascript:alert(1)',
  'data:text/html,x',
  'vbscript:x',
  '//x.example',
  'http:evil',
])('a card cannot make the page run %s', (address) => expect(site(address)).toBeUndefined());

test('a site is pressed to be opened', () => expect(site('HTTPS://x.example/')).toBe('HTTPS://x.example/'));
