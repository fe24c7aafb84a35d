import { Alert, Button, Group, Stack } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useRouter, useSearch } from '@tanstack/react-router';
import { acceptCharter } from '../../../../server/charter/contract.ts';
import { getMe } from '../../../../server/identity/contract.ts';
import { call } from '../../api.ts';
import { longDate } from '../../format.ts';
import { t } from '../../i18n.ts';
import { currentLanguage } from '../../language.ts';
import { queryClient } from '../../queries.ts';
import { adopt, leave, useMe } from '../../session.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Loading } from '../../ui/Loading.tsx';
import { Prose } from '../../ui/Prose.tsx';
import { Door } from '../identity/Door.tsx';
import { charterQuery } from './queries.ts';
import { RulesInWords } from './RulesInWords.tsx';

/** The charter, before anything else is shown: read, then accepted or left. */
export function Due() {
  const { back } = useSearch({ from: '/charter' });
  const { workspace } = useMe();
  const router = useRouter();
  const { data, error, refetch } = useQuery(charterQuery);
  const go = async () => {
    queryClient.clear();
    await adopt(await call(getMe, {}));
    await router.navigate({ href: back ?? '/', replace: true });
  };
  const accept = useMutation({
    mutationFn: (version: number) => call(acceptCharter, { version }),
    onSuccess: go,
    // It was published anew while it was read.
    onError: () => void refetch(),
  });
  const out = async () => {
    await leave();
    await router.navigate({ to: '/sign-in', search: {} });
  };
  const names = { workspace: workspace.name };
  return (
    <Door title={t('charter.due.title', names)} lead={t('charter.due.lead', names)}>
      <Stack>
        <ErrorNotice error={error} onRetry={() => void refetch()} />
        {!data && !error && <Loading lines={5} />}
        {data?.charter && (
          <>
            <Prose text={currentLanguage() === 'fr' ? data.charter.textFr : data.charter.textEn} />
            <RulesInWords charter={data.charter} />
            {data.asks !== null && (
              <Alert color="teal" title={t('charter.asks')}>
                <p>{data.asks}</p>
                <p>{t('charter.lendAccepting')}</p>
              </Alert>
            )}
            <p>{t('charter.version', { version: data.charter.version, date: longDate(data.charter.publishedAt) })}</p>
            <ErrorNotice error={accept.error} />
            <Group justify="space-between">
              <Button loading={accept.isPending} onClick={() => accept.mutate(data.charter!.version)}>
                {t('charter.accept')}
              </Button>
              <Button variant="subtle" onClick={() => void out()}>
                {t('shell.signOut')}
              </Button>
            </Group>
          </>
        )}
      </Stack>
    </Door>
  );
}
