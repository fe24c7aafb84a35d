import { useMutation, useQuery } from '@tanstack/react-query';
import { useId } from 'react';
import { listBooks } from '../../../../server/delegation/contract.ts';
import { basis, type ImportRecord, updateImport } from '../../../../server/sources/contract.ts';
import { call } from '../../api.ts';
import { t } from '../../i18n.ts';
import { reading } from '../../queries.ts';
import { BlankChoice, BlankDate } from '../../ui/Blank.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Sentence } from '../../ui/Sentence.tsx';
import { countryChoices } from '../identity/fields.tsx';
import classes from './ImportPage.module.css';
import { adoptImport } from './queries.ts';
import { SourceBlank } from './SourceBlank.tsx';
import { WhoSees } from './WhoSees.tsx';

export type Change = Omit<Parameters<typeof call<typeof updateImport>>[1], 'importId'>;

/** Where the contacts go, where they come from, since when and on what ground: one sentence with blanks. */
export function ImportSentence({ record }: { record: ImportRecord }) {
  const id = useId();
  const books = (useQuery(reading(listBooks, {})).data?.items ?? []).filter(({ mine }) => mine);
  const change = useMutation({
    mutationFn: (difference: Change) => call(updateImport, { importId: record.id, ...difference }).then(adoptImport),
  });
  const blanks = {
    book: (
      <BlankChoice
        label={t('imports.blank.book')}
        value={record.bookId ?? books.find(({ main }) => main)?.id ?? ''}
        choices={books.map((book) => ({ value: book.id, label: book.name }))}
        onChange={(bookId) => change.mutate({ bookId })}
      />
    ),
    source: <SourceBlank record={record} onChange={change.mutate} />,
    date: (
      <BlankDate
        label={t('imports.blank.date')}
        value={record.obtainedAt ?? ''}
        onChange={(date) => change.mutate({ obtainedAt: date || null })}
      />
    ),
    basis: (
      <BlankChoice
        label={t('imports.blank.basis')}
        value={record.basis}
        choices={basis.options.map((value) => ({ value, label: t(`imports.basis.${value}`) }))}
        onChange={(value) => change.mutate({ basis: value as ImportRecord['basis'] })}
      />
    ),
    country: (
      <BlankChoice
        label={t('imports.blank.country')}
        value={record.country}
        choices={countryChoices()}
        onChange={(country) => change.mutate({ country })}
      />
    ),
  };
  return (
    <section aria-labelledby={id} className={classes.sentence}>
      <h2 id={id} className="unseen">
        {t('imports.terms')}
      </h2>
      <p>
        <Sentence of="imports.sentence" blanks={blanks} />
      </p>
      <WhoSees bookIds={[record.bookId]} />
      <ErrorNotice error={change.error} />
    </section>
  );
}
