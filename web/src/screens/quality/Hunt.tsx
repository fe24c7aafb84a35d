import { useMediaQuery } from '@mantine/hooks';
import { IconCheck, IconGitMerge } from '@tabler/icons-react';
import { useSearch } from '@tanstack/react-router';
import { useEffect } from 'react';
import { t } from '../../i18n.ts';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Loading } from '../../ui/Loading.tsx';
import { ButtonLink } from '../../ui/links.tsx';
import { Page } from '../../ui/Page.tsx';
import { useScreenKeys } from '../../ui/useScreenKeys.ts';
import { Decide } from './Decide.tsx';
import { Filters } from './Filters.tsx';
import classes from './Hunt.module.css';
import { Pair } from './Pair.tsx';
import { useHunt } from './useHunt.ts';

/** One pair after the other: is it the same person? */
export function Hunt() {
  const filter = useSearch({ from: '/members/quality/' });
  const hunt = useHunt(filter);
  // On a phone the pair comes first, what narrows the queue after it.
  const narrow = useMediaQuery('(max-width: 48em)', undefined, { getInitialValueInEffect: false });
  const { current, list, count, steps } = hunt;
  useScreenKeys({
    s: () => hunt.act('same'),
    n: () => hunt.act('notSame'),
    l: () => hunt.act('later'),
    u: hunt.undo,
    ArrowLeft: () => hunt.move(-1),
    ArrowRight: () => hunt.move(1),
  });
  const id = current?.id;
  // biome-ignore lint/correctness/useExhaustiveDependencies: each pair is read from its beginning
  useEffect(() => void document.getElementById('content')?.scrollTo({ top: 0 }), [id]);
  return (
    <Page
      title={t('quality.hunt.title')}
      lead={count !== undefined && count + steps.length > 0 && <Progress hunt={hunt} />}
      actions={!narrow && <Filters filter={filter} />}
    >
      <ErrorNotice error={list.error} onRetry={() => void list.refetch()} />
      {list.isPending && <Loading lines={5} />}
      {current && <Pair key={current.id} proposal={current} />}
      {list.isSuccess && !current && <Nothing filtered={Object.keys(filter).length > 0} decided={steps.length > 0} />}
      {narrow && <Filters filter={filter} />}
      {(current || steps.length > 0) && <Decide hunt={hunt} />}
    </Page>
  );
}

export type HuntState = ReturnType<typeof useHunt>;

function Progress({ hunt: { count = 0, more, steps } }: { hunt: HuntState }) {
  const decided = steps.filter(({ act }) => act !== 'later').length;
  return (
    <span className={classes.progress}>
      {t('quality.progress', { decided, waiting: count, more: more ? 'yes' : 'no' })}
    </span>
  );
}

function Nothing({ filtered, decided }: { filtered: boolean; decided: boolean }) {
  if (filtered) {
    return (
      <EmptyState
        icon={<IconCheck />}
        title={t('quality.none.filtered')}
        text={t('quality.none.filteredText')}
        action={
          <ButtonLink to="/quality" search={{}} variant="default">
            {t('quality.none.all')}
          </ButtonLink>
        }
      />
    );
  }
  return (
    <EmptyState
      icon={<IconGitMerge />}
      title={t(decided ? 'quality.none.done' : 'quality.none.title')}
      text={t('quality.none.text')}
      action={<ButtonLink to="/imports">{t('quality.none.import')}</ButtonLink>}
    />
  );
}
