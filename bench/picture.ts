import { chromium, type Page } from 'playwright-core';
import { buildWeb } from '../server/kernel/web.ts';
import type { Picture } from '../server/relations/paths-contract.ts';
import { bringChromium } from '../tools/chromium.ts';
import { addressOf, openDoor, password } from './door.ts';
import { median, print, quantile } from './figures.ts';
import { openStage } from './stage.ts';

export const about =
  'the picture of a network of 5,000 contacts in Chromium without a graphics card: until it stands, and the frames while it is dragged and zoomed';

const persons = 5000;
const accounts = 300;

/** Accounts of about 17 contacts each, known by some of 40 members, with ties within and across. */
function pictureOf(): Picture {
  let state = 7;
  const chance = (most: number) => {
    state = (state * 48_271) % 2_147_483_647;
    return state % most;
  };
  const members = Array.from({ length: 40 }, (_, n) => ({ id: idOf(n), name: `Member ${n}`, mine: n === 0 }));
  return {
    members,
    persons: Array.from({ length: persons }, (_, n) => ({
      id: idOf(1000 + n),
      name: `Person ${n}`,
      organization: `Account ${n % accounts}`,
      knownBy: [{ member: (n % accounts) % 40, strength: 10 + chance(80) }],
    })),
    ties: Array.from({ length: persons * 2 }, (_, n) => {
      const a = n % persons;
      const b = n < persons ? (a + accounts) % persons : chance(persons);
      return { a, b: a === b ? (b + 1) % persons : b, strength: 10 + chance(90) };
    }),
    more: false,
  };
}

const idOf = (n: number): string => `00000000-0000-7000-8000-${n.toString(16).padStart(12, '0')}`;

/** The milliseconds from frame to frame while `work` goes on. */
async function framesOf(page: Page, work: () => Promise<void>): Promise<number[]> {
  await page.evaluate(() => {
    const frames: number[] = [];
    let last = performance.now();
    const note = () => {
      const now = performance.now();
      frames.push(now - last);
      last = now;
      requestAnimationFrame(note);
    };
    requestAnimationFrame(note);
    Object.assign(window, { frames });
  });
  await work();
  return page.evaluate(() => (window as unknown as { frames: number[] }).frames.slice(1));
}

async function drag(page: Page): Promise<void> {
  const box = (await page.locator('canvas').boundingBox())!;
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  await page.mouse.move(x, y);
  await page.mouse.down();
  for (let at = 0; at < 120; at++) await page.mouse.move(x + 200 * Math.sin(at / 12), y + 120 * Math.cos(at / 9));
  await page.mouse.up();
}

async function zoom(page: Page): Promise<void> {
  for (let at = 0; at < 30; at++) await page.mouse.wheel(0, at % 12 < 6 ? -100 : 100);
  await page.waitForTimeout(300);
}

export async function run(): Promise<void> {
  await buildWeb(() => {});
  const closers: (() => Promise<unknown>)[] = [];
  const stage = await openStage();
  closers.push(() => stage.close());
  const browser = await chromium.launch({ executablePath: bringChromium(), args: ['--no-sandbox', '--disable-gpu'] });
  closers.push(() => browser.close());
  try {
    const door = await openDoor(stage, closers);
    const actor = { workspaceId: stage.workspaceId, memberId: stage.memberId };
    await door(actor);
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    await page.route('**/api/v1/network/picture*', (route) => route.fulfill({ json: pictureOf() }));
    await page.goto(`${door.url}/sign-in`);
    await page.evaluate(
      async (body) => {
        await fetch('/api/v1/sign-in', { method: 'POST', headers: { 'content-type': 'application/json' }, body });
      },
      JSON.stringify({ email: addressOf(actor), password }),
    );
    const began = performance.now();
    await page.goto(`${door.url}/network/picture`);
    await page.locator('canvas[data-drawn]').waitFor({ timeout: 120_000 });
    print({ name: 'a picture of 5,000, until it stands', measured: (performance.now() - began) / 1000, unit: 's' });
    for (const [name, work] of Object.entries({ drag, zoom })) {
      const frames = await framesOf(page, () => work(page));
      print({ name: `frames of a ${name}, median`, measured: median(frames), unit: 'ms' });
      print({ name: `frames of a ${name}, p95`, measured: quantile(frames, 0.95), unit: 'ms' });
      print({ name: `frames of a ${name}, the longest`, measured: Math.max(...frames), unit: 'ms', asked: 50 });
    }
  } finally {
    for (const close of closers.reverse()) await close();
  }
}
