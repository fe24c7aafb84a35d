import { Alert, Button, Group, Stack, Text } from '@mantine/core';
import { IconDeviceMobileX } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { decideRemoval, type HeldRemoval, listHeldRemovals } from '../../../../server/dav/contract.ts';
import { call } from '../../api.ts';
import { ago } from '../../format.ts';
import { t } from '../../i18n.ts';
import { reading, refresh } from '../../queries.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { say, sayError } from '../../ui/undo.tsx';

/** Contacts that a device of mine took out in large numbers: they wait for my word. */
export function Held() {
  const { data, error, refetch } = useQuery(reading(listHeldRemovals, {}));
  return (
    <>
      <ErrorNotice error={error} onRetry={() => void refetch()} />
      {data?.items.map((removal) => (
        <Question key={removal.id} removal={removal} />
      ))}
    </>
  );
}

function Question({ removal }: { removal: HeldRemoval }) {
  const { id: removalId, device, book, contacts, at } = removal;
  const decide = useMutation({
    mutationFn: async (decision: 'take_out' | 'put_back') => {
      await call(decideRemoval, { removalId, decision });
      await refresh(listHeldRemovals);
      say(t(decision === 'put_back' ? 'phones.putBackDone' : 'phones.takeOutDone', { contacts }));
    },
    onError: sayError,
  });
  return (
    <Alert
      color="yellow"
      mb="md"
      icon={<IconDeviceMobileX aria-hidden />}
      title={t('phones.held', { device, book, contacts })}
    >
      <Stack gap="sm">
        <Text size="sm">{t('phones.heldText', { when: ago(at) })}</Text>
        <Group>
          <Button loading={decide.isPending} onClick={() => decide.mutate('put_back')}>
            {t('phones.putBack')}
          </Button>
          <Button variant="subtle" color="red" disabled={decide.isPending} onClick={() => decide.mutate('take_out')}>
            {t('phones.takeOut')}
          </Button>
        </Group>
      </Stack>
    </Alert>
  );
}
