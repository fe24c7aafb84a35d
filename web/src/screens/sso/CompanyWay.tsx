import { Alert, Button } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { findWays, type Refusal, startCompanySignIn } from '../../../../server/sso/contract.ts';
import { call } from '../../api.ts';
import { t } from '../../i18n.ts';
import { reading } from '../../queries.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';

const looksWhole = (email: string) => /^[^\s@]+@[^\s@]+\.[^\s@.]{2,}$/.test(email);

/** The company's own sign-in, offered once the address typed is of its domains. */
export function CompanyWay({ email, back }: { email: string; back: string | undefined }) {
  // Only the domain counts, so that each letter before the @ asks nothing again.
  const domain = looksWhole(email.trim())
    ? email
        .trim()
        .slice(email.trim().lastIndexOf('@') + 1)
        .toLowerCase()
    : '';
  const ways = useQuery({
    ...reading(findWays, { email: `somebody@${domain}` }),
    enabled: domain !== '',
    retry: false,
  });
  const go = useMutation({
    mutationFn: async (providerId: string) => {
      const { url } = await call(startCompanySignIn, { providerId, ...(back === undefined ? {} : { back }) });
      location.assign(url);
    },
  });
  if (domain === '' || !ways.data) return null;
  return (
    <>
      {ways.data.ways.map(({ id, name }) => (
        <Button key={id} loading={go.isPending && go.variables === id} onClick={() => go.mutate(id)}>
          {t('sso.with', { name })}
        </Button>
      ))}
      <ErrorNotice error={go.error} />
    </>
  );
}

/** Why a company sign-in has opened nothing. */
export function WhyRefused({ code }: { code: Refusal }) {
  return (
    <Alert color="yellow" variant="light" role="alert">
      {t(`sso.refused.${code}`)}
    </Alert>
  );
}
