import { Population, type SharedTexts, Texts } from './engine/index.ts';

/** Where a card of a population stands in its file. */
interface Place {
  file: string;
  /** What the file's own id column says, else the row counted from 0. */
  id: string;
}

/** Where the cards of a population stand in their files, card by card. */
class Places {
  private readonly ids = new Texts();
  /** Where the cards of each file begin. */
  private readonly files: { name: string; from: number }[] = [];

  push(file: string, id: string): void {
    if (this.files.at(-1)?.name !== file) this.files.push({ name: file, from: this.ids.size });
    this.ids.push(id);
  }

  /** Cards of the same file as the last one. */
  pushAll(ids: SharedTexts): void {
    this.ids.pushAll(new Texts(ids));
  }

  of(card: number): Place {
    return { file: this.files.findLast(({ from }) => from <= card)!.name, id: this.ids.get(card) };
  }

  /** The first card with an id; -1 when there is none. */
  find(id: string): number {
    for (let card = 0; card < this.ids.size; card++) if (this.ids.get(card) === id) return card;
    return -1;
  }

  toShared(): SharedTexts {
    return this.ids.toShared();
  }
}

export interface FileCards {
  population: Population;
  places: Places;
  /** Header of the id column of the first file that has one, else "row". */
  idName: string;
  /** By card, where a column of truth was asked for: "" where it says nothing. */
  truth: string[];
  /** What every column was taken for, for the first table: header → kind, "id", "truth" or "". */
  columns: { header: string; used: string }[];
}

export const noCards = (): FileCards => ({
  population: new Population([]),
  places: new Places(),
  idName: 'row',
  truth: [],
  columns: [],
});
