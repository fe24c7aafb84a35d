import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { type ImportRecord, listSources } from '../../../../server/sources/contract.ts';
import { t } from '../../i18n.ts';
import { reading } from '../../queries.ts';
import { BlankChoice, BlankText } from '../../ui/Blank.tsx';
import type { Change } from './ImportSentence.tsx';

interface SourceBlankProps {
  record: ImportRecord;
  onChange: (change: Change) => void;
}

/**
 * The source the file belongs to: one that is there already (the server proposes it when it recognises its cards), so
 * that what changed is updated and nothing comes twice; or a new one with a name. The file is analysed again.
 */
export function SourceBlank({ record, onChange }: SourceBlankProps) {
  const there = (useQuery(reading(listSources, {})).data?.items ?? []).filter(
    ({ mine, kind }) => mine && !['entregent', 'business_card', 'self'].includes(kind),
  );
  const kept = record.sourceName ?? record.fileName;
  const [name, setName] = useState(kept);
  const choices = [
    { value: '', label: t('imports.source.new') },
    ...there.map((source) => ({ value: source.id, label: source.name })),
  ];
  return (
    <>
      {there.length > 0 && (
        <BlankChoice
          label={t('imports.blank.sourceChoice')}
          value={record.sourceId ?? ''}
          choices={choices}
          onChange={(id) => onChange(id === '' ? { sourceId: null, sourceName: name } : { sourceId: id })}
        />
      )}
      {record.sourceId === null && (
        <>
          {' '}
          <BlankText
            label={t('imports.blank.source')}
            value={name}
            onChange={setName}
            onDone={() => name.trim() !== '' && name !== kept && onChange({ sourceName: name })}
          />
        </>
      )}
    </>
  );
}
