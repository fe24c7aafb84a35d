import type { Picture } from '../../../../server/relations/paths-contract.ts';
import type { Layout } from './layout.worker.ts';

/** What part of the picture is seen: pixels of the screen by unit of the picture, and the unit at its middle. */
export interface View {
  scale: number;
  x: number;
  y: number;
}

interface Palette {
  text: string;
  ground: string;
}

/** Milliseconds of drawing at a time; between two pieces the page answers to the hand. */
const piece = 6;
/** Lines lie under the people whom they join. */
const faint = 0.22;
/** Names at most, and the room that each wants, in square pixels: a phone shows fewer. */
const [mostNames, room] = [60, 12_000];

const hueOf = (cluster: number): number => (cluster * 137) % 360;

/** All that is in sight, for a screen of so many pixels. */
export function whole({ x, y }: Layout, width: number, height: number): View {
  if (x.length === 0) return { scale: 1, x: 0, y: 0 };
  const [left, right] = [x.reduce((a, b) => Math.min(a, b)), x.reduce((a, b) => Math.max(a, b))];
  const [top, bottom] = [y.reduce((a, b) => Math.min(a, b)), y.reduce((a, b) => Math.max(a, b))];
  const scale = 0.8 * Math.min(width / (right - left || 1), height / (bottom - top || 1));
  return { scale: Math.min(scale, 40), x: (left + right) / 2, y: (top + bottom) / 2 };
}

interface Drawing {
  picture: Picture;
  layout: Layout;
  view: View;
  width: number;
  height: number;
  palette: Palette;
  dark: boolean;
  chosen: number | null;
}

/**
 * Draws in pieces of some milliseconds, so that the page never stands still, however many stand on the picture and however slow the machine.
 * Each piece ends with a `yield`.
 */
export function* drawing(context: CanvasRenderingContext2D, drawn: Drawing): Generator<void> {
  const { picture, layout, view, width, height } = drawn;
  const across = (at: number) => (layout.x[at]! - view.x) * view.scale + width / 2;
  const down = (at: number) => (layout.y[at]! - view.y) * view.scale + height / 2;
  const seen = (at: number) => {
    const [x, y] = [across(at), down(at)];
    return x > -20 && y > -20 && x < width + 20 && y < height + 20;
  };
  context.fillStyle = drawn.palette.ground;
  context.fillRect(0, 0, width, height);
  let began = performance.now();
  const isDue = () => performance.now() - began > piece;
  context.strokeStyle = drawn.palette.text;
  context.globalAlpha = faint;
  context.lineWidth = 1;
  for (const batch of batches(linesOf(picture), 60)) {
    context.beginPath();
    for (const [a, b] of batch)
      if (seen(a) || seen(b)) {
        context.moveTo(across(a), down(a));
        context.lineTo(across(b), down(b));
      }
    context.stroke();
    if (isDue()) {
      yield;
      began = performance.now();
    }
  }
  context.globalAlpha = 1;
  const count = picture.persons.length + picture.members.length;
  for (let at = 0; at < count; at++) {
    if (seen(at)) dot(context, drawn, at, across(at), down(at));
    if (at % 25 === 24 && isDue()) {
      yield;
      began = performance.now();
    }
  }
  yield;
  names(context, drawn, (at) => (seen(at) ? [across(at), down(at)] : null));
}

function* linesOf({ persons, ties }: Picture): Generator<readonly [number, number]> {
  for (const { a, b } of ties) yield [a, b];
  for (let at = 0; at < persons.length; at++)
    for (const { member } of persons[at]!.knownBy) yield [at, persons.length + member];
}

function* batches<T>(all: Iterable<T>, size: number): Generator<T[]> {
  let batch: T[] = [];
  for (const one of all) {
    batch.push(one);
    if (batch.length === size) {
      yield batch;
      batch = [];
    }
  }
  yield batch;
}

/** Persons are round and as their cluster is tinted, members are square: no difference rests on colour alone. */
function dot(
  context: CanvasRenderingContext2D,
  { picture, layout, dark, chosen, palette }: Drawing,
  at: number,
  x: number,
  y: number,
) {
  const isMember = at >= picture.persons.length;
  context.fillStyle = isMember ? palette.text : `hsl(${hueOf(layout.cluster[at]!)} ${dark ? '45% 62%' : '48% 42%'})`;
  const size = at === chosen ? 7 : isMember ? 6 : 3.5;
  if (isMember) context.fillRect(x - size, y - size, 2 * size, 2 * size);
  else {
    context.beginPath();
    context.arc(x, y, size, 0, 2 * Math.PI);
    context.fill();
  }
}

function names(
  context: CanvasRenderingContext2D,
  drawn: Drawing,
  place: (at: number) => [number, number] | null,
): void {
  const { picture, palette, chosen } = drawn;
  const count = picture.persons.length + picture.members.length;
  context.fillStyle = palette.text;
  context.font = '13px "Source Sans 3 Variable", sans-serif';
  context.textAlign = 'center';
  const written: [number, number][] = [];
  const write = (at: number, name: string) => {
    const where = place(at);
    // No name upon another.
    if (!where || written.some(([x, y]) => Math.abs(x - where[0]) < 90 && Math.abs(y - where[1]) < 18)) return;
    written.push(where);
    context.fillText(name, where[0], where[1] - 9);
  };
  if (chosen !== null && chosen < picture.persons.length) write(chosen, picture.persons[chosen]!.name);
  for (const [at, { name }] of picture.members.entries()) write(picture.persons.length + at, name);
  for (let at = 0; at < count && written.length < Math.min(mostNames, (drawn.width * drawn.height) / room); at++)
    if (at < picture.persons.length) write(at, picture.persons[at]!.name);
}

/** Who stands at a point of the screen, within a finger's width. */
export function whoIsAt(
  { picture, layout, view, width, height }: Omit<Drawing, 'palette' | 'dark' | 'chosen'>,
  x: number,
  y: number,
) {
  let [best, near] = [null as number | null, 18];
  const count = picture.persons.length + picture.members.length;
  for (let at = 0; at < count; at++) {
    const away = Math.hypot(
      (layout.x[at]! - view.x) * view.scale + width / 2 - x,
      (layout.y[at]! - view.y) * view.scale + height / 2 - y,
    );
    if (away < near) [best, near] = [at, away];
  }
  return best;
}
