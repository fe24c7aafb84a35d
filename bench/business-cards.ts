import { CARDS, type CardCount, countCard } from '../server/formats/business-cards/corpus.ts';
import { openCardReader } from '../server/formats/business-cards/ocr.ts';
import { corpusFolder } from '../server/formats/corpus.ts';
import { median, print, seconds } from './figures.ts';

export const about =
  'business cards of the corpus: name, company, e-mail and numbers recognised and read from their pictures; seconds a card';

/** Pictures narrower than this hold too few points for letters, and are told apart. */
const SMALL = 300;

function tell(name: string, cards: readonly CardCount[], asked?: number): void {
  const right = cards.flatMap((card) => card.right).length;
  const stated = right + cards.flatMap((card) => card.missed).length;
  const unit = '';
  print({
    name: `${name} (${cards.length} cards, ${stated} fields): share right`,
    measured: right / stated,
    unit,
    ...(asked && { atLeast: asked }),
  });
  for (const { file, missed, wrong } of cards) {
    if (missed.length + wrong.length > 0)
      process.stdout.write(`\t${file}: missed ${missed.join(', ')}; wrong ${wrong.join(', ')}\n`);
  }
}

export async function run(): Promise<void> {
  const folder = corpusFolder();
  if (!folder) {
    process.stdout.write('The corpus is not there: nothing was read.\n');
    return;
  }
  const reader = await openCardReader();
  const cards: CardCount[] = [];
  const taken: number[] = [];
  const busy: number[] = [];
  for (const file of Object.keys(CARDS)) {
    const before = process.cpuUsage();
    taken.push(await seconds(async () => cards.push(await countCard(reader, folder, file))));
    const { user, system } = process.cpuUsage(before);
    busy.push((user + system) / 1e6);
  }
  await reader.close();
  const large = cards.filter(({ width }) => width >= SMALL);
  for (const kind of ['name', 'organization', 'email', 'phone'])
    tell(
      `business cards, ${kind}`,
      large.map((card) => only(card, kind)),
    );
  tell('business cards, all four', large, 0.85);
  const small = cards.filter(({ width }) => width < SMALL);
  tell(`business cards under ${SMALL} points, all four`, small);
  print({ name: 'a card, median', measured: median(taken), unit: 's', asked: 5 });
  print({ name: 'a card, the slowest', measured: Math.max(...taken), unit: 's', asked: 5 });
  print({ name: 'a card, the slowest: time of the processor', measured: Math.max(...busy), unit: 's' });
}

/** One kind's share of a card, without what is told of all together. */
function only({ file, width, right, missed }: CardCount, kind: string): CardCount {
  const ofKind = (field: string) => field.startsWith(`${kind} `);
  return { file, width, right: right.filter(ofKind), missed: missed.filter(ofKind), wrong: [] };
}
