// Visits of a site, told to the company whose site it is: <script async src="https://crm.example/t/KEY.js"></script>
// Until entregent('consent', true) is called (or a consent manager says so, see below) it keeps nothing, sends nothing and reads nothing but
// whether that was said before. Browsers that ask not to be tracked (GPC, DNT) are not. It keeps one cookie, the site's own: a number made by lot
// and when its owner agreed. Of the address of a page it tells host and path, never what follows the question mark but utm_campaign.
(() => {
  const script = document.currentScript;
  if (!script || window.entregent?.ready) return;
  const home = script.src.replace(/\.js(\?.*)?$/, '');
  const cookie = 'entregent_visitor';
  // Thirteen months: no cookie may live longer (CNIL).
  const seconds = 390 * 86400;
  const refused = navigator.globalPrivacyControl || navigator.doNotTrack === '1' || window.doNotTrack === '1';
  const queue = [];
  let visitor = refused ? '' : (document.cookie.match(`(?:^|; )${cookie}=([\\w-]{16,64})`) || [])[1] || '';
  let timer;
  let shown = '';

  const keep = (value, age) => {
    // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store is not in all browsers
    document.cookie = `${cookie}=${value}; path=/; max-age=${age}; SameSite=Lax${location.protocol === 'https:' ? '; Secure' : ''}`;
  };
  const lot = () => {
    const octets = crypto.getRandomValues(new Uint8Array(16));
    return Array.from(octets, (one) => one.toString(16).padStart(2, '0')).join('');
  };
  // Plain text needs no question beforehand. What is said in leaving a page goes as a beacon, which outlives it.
  const post = (said, leaving) => {
    const body = JSON.stringify(said);
    if (leaving && navigator.sendBeacon(home, body)) return;
    fetch(home, { method: 'POST', body, keepalive: true, credentials: 'omit', referrerPolicy: 'no-referrer' }).catch(
      () => {},
    );
  };
  const flush = (leaving) => {
    clearTimeout(timer);
    timer = 0;
    if (!visitor || queue.length === 0) return;
    const now = Date.now();
    const events = queue.splice(0, 50).map(({ at, ...event }) => ({ ...event, ago: now - at }));
    post({ visitor, events }, leaving);
    if (queue.length > 0) flush(leaving);
  };
  const tell = (kind, props) => {
    if (!visitor || queue.length > 200) return;
    queue.push({ id: lot(), kind, props, at: Date.now() });
    if (!timer) timer = setTimeout(flush, 400);
  };
  const page = () => {
    const { origin, pathname, search } = location;
    if (shown === origin + pathname) return;
    let referrer = '';
    try {
      referrer = shown ? '' : new URL(document.referrer).host;
    } catch {
      // They came from nowhere.
    }
    shown = origin + pathname;
    const campaign = new URLSearchParams(search).get('utm_campaign') || '';
    tell('visit', {
      page: shown.slice(0, 500),
      title: document.title.slice(0, 200),
      ...(referrer && referrer !== location.host ? { referrer } : {}),
      ...(campaign ? { campaign: campaign.slice(0, 200) } : {}),
    });
  };
  const commands = {
    consent(agreed) {
      if (agreed && !refused) {
        if (!visitor) {
          visitor = lot();
          keep(visitor, seconds);
        }
        page();
      } else if (visitor) {
        post({ visitor, withdrawn: true });
        queue.length = 0;
        keep('', 0);
        visitor = '';
        shown = '';
      }
    },
    page,
    event: (kind, props) => tell(String(kind), props),
    // A token signed by the company's server says who this is; an address alone is a claim, and joins nothing.
    identify(who) {
      if (!visitor) return;
      flush();
      post({ visitor, identify: who });
    },
  };
  const run = ([name, ...more]) => commands[name]?.(...more);
  const waiting = window.entregent?.q || [];
  window.entregent = (...said) => run(said);
  window.entregent.ready = true;
  // By which a form or a chat of ours on this page knows them again.
  Object.defineProperty(window.entregent, 'visitor', { get: () => visitor });

  const push = history.pushState;
  history.pushState = function (...said) {
    push.apply(this, said);
    setTimeout(() => visitor && page());
  };
  addEventListener('popstate', () => setTimeout(() => visitor && page()));
  addEventListener('pagehide', () => flush(true));
  // Consent managers: their own event, or IAB TCF where the script asks for it (purposes 1, storage, and 8, measuring).
  addEventListener('entregent-consent', ({ detail }) => commands.consent(detail === true));
  if (script.dataset.consent === 'tcf')
    window.__tcfapi?.('addEventListener', 2, (data, ok) => {
      if (ok && /tcloaded|useractioncomplete/.test(data.eventStatus)) {
        const { consents = {} } = data.purpose || {};
        commands.consent(Boolean(consents[1] && consents[8]));
      }
    });
  if (visitor) page();
  for (const said of waiting) run(said);
})();
