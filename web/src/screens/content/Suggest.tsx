import { Button, Group, Stack } from '@mantine/core';
import { IconPencilQuestion } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Language, Saying } from '../../../../server/content/blocks-contract.ts';
import { longestWorded, suggestWords, type WordedField } from '../../../../server/content/suggesting-contract.ts';
import type { Output } from '../../../../server/kernel/contract.ts';
import { getModel } from '../../../../server/voices/model-contract.ts';
import { call } from '../../api.ts';
import { t, told } from '../../i18n.ts';
import { reading } from '../../queries.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { offerUndo } from '../../ui/undo.tsx';
import classes from './Content.module.css';

interface SuggestProps {
  saying: Saying;
  language: Language;
  field: WordedField;
  /** Null: of the whole. */
  blockId: string | null;
  value: string;
  /** What is to be minded before a proposal is taken. */
  note?: string;
  onPick: (words: string) => void;
}

type Suggested = Output<typeof suggestWords> & { of: string };

/**
 * Other words for a text, by the model that the company has switched on; without one it is not there. Nothing is put in the text's place but by a click, which
 * can be taken back; what was proposed of another text is shown no more.
 */
export function Suggest({ saying, language, field, blockId, value, note, onPick }: SuggestProps) {
  const { model } = useQuery(reading(getModel, {})).data ?? { model: null };
  const [suggested, show] = useState<Suggested | null>(null);
  const [asking, ask] = useState(false);
  const [error, fail] = useState<unknown>(null);
  if (model?.state !== 'working' || !model.suggests) return null;
  const find = async () => {
    ask(true);
    fail(null);
    show(null);
    try {
      show({ ...(await call(suggestWords, { saying, language, field, blockId })), of: value });
    } catch (problem) {
      fail(problem);
    } finally {
      ask(false);
    }
  };
  const pick = (words: string) => {
    show(null);
    onPick(words);
    offerUndo(t('content.suggest.picked'), async () => onPick(value));
  };
  return (
    <div>
      <Button
        variant="subtle"
        size="compact-md"
        mt={4}
        leftSection={<IconPencilQuestion size={16} aria-hidden />}
        loading={asking}
        disabled={value.trim() === '' || [...value].length > longestWorded}
        onClick={() => void find()}
      >
        {t('content.suggest')}
      </Button>
      <ErrorNotice error={error} />
      {suggested && suggested.of !== value && <p className={classes.quiet}>{t('content.suggest.changed')}</p>}
      {suggested && suggested.of === value && (
        <Proposals {...{ suggested, note }} language={language} onPick={pick} onClose={() => show(null)} />
      )}
    </div>
  );
}

interface ProposalsProps {
  suggested: Suggested;
  note: string | undefined;
  language: Language;
  onPick: (words: string) => void;
  onClose: () => void;
}

function Proposals({ suggested, note, language, onPick, onClose }: ProposalsProps) {
  const { proposals, dropped, problem, sent } = suggested;
  return (
    <section aria-label={t('content.suggest.proposals')} className={classes.proposals}>
      <p role="status" className={classes.quiet}>
        {problem
          ? `${t('content.suggest.failed')} ${told(`content.suggest.${problem}`) ?? told(`connections.problem.${problem}`) ?? problem}`
          : t('content.suggest.found', { count: proposals.length, dropped })}
      </p>
      {note && proposals.length > 0 && <p className={classes.quiet}>{note}</p>}
      <Stack gap="xs" component="ul" className={classes.proposalList}>
        {proposals.map((words, at) => (
          <li key={words}>
            <p lang={language} dir="auto" className={classes.proposal}>
              {words}
            </p>
            <Button
              variant="default"
              size="compact-md"
              aria-label={t('content.suggest.pick.of', { no: at + 1 })}
              onClick={() => onPick(words)}
            >
              {t('content.suggest.pick')}
            </Button>
          </li>
        ))}
      </Stack>
      <Group justify="space-between" align="flex-start" gap="xs">
        {sent && (
          <details className={classes.sent}>
            <summary>{t('content.suggest.sent')}</summary>
            <pre className={classes.plain}>{JSON.stringify(JSON.parse(sent), null, 2)}</pre>
          </details>
        )}
        <Button variant="subtle" color="gray" size="compact-md" onClick={onClose}>
          {t('content.suggest.close')}
        </Button>
      </Group>
    </section>
  );
}
