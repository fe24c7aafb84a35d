// The window on a site: <script async src="https://crm.example/chat.js" data-channel="…/…"></script>
// It draws a button and, once it is wanted, a frame with our own page. Of the site it reads its language, and it keeps there at most the word
// by which a visitor is known again. Of the site's content security policy it needs script-src and frame-src for our address: styles are set
// by the object model, never as text.
(() => {
  const script = document.currentScript;
  const channel = script?.dataset.channel ?? '';
  if (!/^[0-9a-f-]{36}\/[0-9a-f-]{36}$/.test(channel) || document.getElementById('entregent-chat')) return;
  const home = new URL(script.src).origin;
  const french = (document.documentElement.lang || navigator.language).toLowerCase().startsWith('fr');
  const words = french
    ? { open: 'Nous écrire', close: 'Fermer la conversation', title: 'Conversation' }
    : { open: 'Write to us', close: 'Close the conversation', title: 'Conversation' };
  const calm = matchMedia('(prefers-reduced-motion: reduce)').matches;
  let frame;
  let open = false;

  const style = (element, rules) => Object.assign(element.style, rules);
  const button = document.createElement('button');
  button.id = 'entregent-chat';
  button.type = 'button';
  style(button, {
    position: 'fixed',
    right: '20px',
    bottom: '20px',
    zIndex: '2147483000',
    width: '56px',
    height: '56px',
    border: '0',
    borderRadius: '50%',
    background: '#0F6B5C',
    color: '#fff',
    cursor: 'pointer',
    boxShadow: '0 4px 16px rgba(0, 0, 0, .25)',
    transition: calm ? 'none' : 'transform .15s',
    padding: '14px',
  });
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('viewBox', '0 0 24 24');
  svg.setAttribute('fill', 'none');
  svg.setAttribute('stroke', 'currentColor');
  svg.setAttribute('stroke-width', '2');
  svg.setAttribute('stroke-linecap', 'round');
  svg.setAttribute('stroke-linejoin', 'round');
  svg.setAttribute('aria-hidden', 'true');
  const path = document.createElementNS('http://www.w3.org/2000/svg', 'path');
  svg.append(path);
  button.append(svg);

  function draw() {
    path.setAttribute('d', open ? 'M6 6l12 12M18 6L6 18' : 'M4 5h16v11H9l-5 4z');
    button.setAttribute('aria-label', open ? words.close : words.open);
    button.setAttribute('aria-expanded', String(open));
    if (frame) frame.style.display = open ? 'block' : 'none';
  }
  function makeFrame() {
    frame = document.createElement('iframe');
    frame.title = words.title;
    frame.src = `${home}/chat/${channel}?lang=${french ? 'fr' : 'en'}`;
    const narrow = matchMedia('(max-width: 480px)').matches;
    style(frame, {
      position: 'fixed',
      right: narrow ? '0' : '20px',
      bottom: narrow ? '0' : '88px',
      zIndex: '2147482999',
      width: narrow ? '100%' : '380px',
      height: narrow ? '100%' : 'min(600px, calc(100vh - 110px))',
      border: '0',
      borderRadius: narrow ? '0' : '12px',
      boxShadow: '0 8px 32px rgba(0, 0, 0, .25)',
      background: '#fff',
      colorScheme: 'normal',
    });
    document.body.append(frame);
  }
  function toggle(next) {
    open = next;
    if (open && !frame) makeFrame();
    draw();
    if (open) setTimeout(() => frame.focus());
    else button.focus();
  }
  button.addEventListener('click', () => toggle(!open));
  addEventListener('message', (event) => {
    if (event.origin !== home || event.source !== frame?.contentWindow) return;
    if (event.data === 'entregent:close') toggle(false);
    if (event.data === 'entregent:visitor?') frame.contentWindow.postMessage(`entregent:visitor ${recall()}`, home);
    const word = /^entregent:visitor ([\w-]{43})$/.exec(event.data)?.[1];
    if (word) remember(word);
    const colour = /^entregent:colour (#[0-9a-f]{6})$/i.exec(event.data)?.[1];
    if (colour) button.style.background = colour;
  });
  // For browsers that keep nothing for frames of other sites.
  const kept = `entregent-visitor ${channel}`;
  function recall() {
    try {
      return localStorage.getItem(kept) ?? '';
    } catch {
      return '';
    }
  }
  function remember(word) {
    try {
      localStorage.setItem(kept, word);
    } catch {
      // They are known as long as the page stands.
    }
  }
  const start = () => {
    draw();
    document.body.append(button);
  };
  if (document.body) start();
  else addEventListener('DOMContentLoaded', start);
})();
