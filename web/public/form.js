// A form on a site: <script async src="https://crm.example/form.js" data-channel="…/…"></script>
// It puts our own page into a frame where the tag stands, as tall as the page says that it is. Of the site it reads its language. Of the site's
// content security policy it needs script-src and frame-src for our address: styles are set by the object model, never as text.
(() => {
  const script = document.currentScript;
  const channel = script?.dataset.channel ?? '';
  if (!/^[0-9a-f-]{36}\/[0-9a-f-]{36}$/.test(channel)) return;
  const home = new URL(script.src).origin;
  const french = (document.documentElement.lang || navigator.language).toLowerCase().startsWith('fr');
  const frame = document.createElement('iframe');
  frame.title = french ? 'Formulaire' : 'Form';
  // The number of a browser whose owner agreed to being known (tag.js): what it did becomes theirs once they have confirmed that it was them.
  const visitor = window.entregent?.visitor;
  frame.src = `${home}/forms/${channel}?lang=${french ? 'fr' : 'en'}&frame=1${visitor ? `&visitor=${visitor}` : ''}`;
  Object.assign(frame.style, { display: 'block', width: '100%', height: '640px', border: '0', colorScheme: 'normal' });
  script.after(frame);
  addEventListener('message', (event) => {
    if (event.origin !== home || event.source !== frame.contentWindow) return;
    const height = /^entregent:height (\d{2,5})$/.exec(event.data)?.[1];
    if (height) frame.style.height = `${height}px`;
  });
})();
