<!DOCTYPE html>
<html lang="en">
<head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>Wallboard</title>
    <style>
        :root { color-scheme: dark; font-family: system-ui, "DejaVu Sans", sans-serif; }
        body { margin: 0; padding: 2rem; background: #10141a; color: #e8edf2; }
        header { display: flex; justify-content: space-between; align-items: baseline; margin-bottom: 1.5rem; }
        h1 { font-size: 1.4rem; font-weight: 600; margin: 0; }
        #link { font-size: .9rem; color: #8b98a5; }
        #link[data-live="true"] { color: #3fcf8e; }
        main { display: grid; grid-template-columns: repeat(auto-fill, minmax(30rem, 1fr)); gap: 1.5rem; }
        section { background: #1a212a; border-radius: .75rem; padding: 1.25rem 1.5rem; }
        h2 { margin: 0 0 1rem; font-size: 1.1rem; font-weight: 600; }
        .figures { display: flex; gap: 2rem; margin-bottom: 1rem; }
        .figures b { display: block; font-size: 2.4rem; line-height: 1; font-variant-numeric: tabular-nums; white-space: nowrap; }
        .figures span { font-size: .8rem; color: #8b98a5; }
        .waiting b { color: #f5b94a; }
        ul { list-style: none; margin: 0; padding: 0; display: flex; flex-wrap: wrap; gap: .5rem; }
        li { padding: .3rem .7rem; border-radius: 1rem; font-size: .85rem; background: #2a343f; }
        li.free { background: #1d4a37; } li.talking { background: #5a2430; } li.ringing { background: #5b4718; } li.paused { opacity: .5; }
        .callers { margin-bottom: 1rem; } .callers li { background: #4a3a14; }
    </style>
</head>
<body>
<header><h1>Queues</h1><span id="link" data-live="false">connecting</span></header>
<main></main>
<script>
    const escape = text => String(text).replace(/[&<>"']/g, c => `&#${c.charCodeAt(0)};`);
    const figure = (value, label, kind = '') => `<div class="${kind}"><b>${value}</b><span>${label}</span></div>`;
    let board = {{ Illuminate\Support\Js::from($board) }};

    function queue([name, queue]) {
        const callers = Object.values(queue.callers), members = Object.values(queue.members);
        const longest = callers.length ? Math.max(...callers.map(c => Date.now() / 1000 - c.since)) : 0;
        return `<section data-queue="${escape(name)}"><h2>${escape(name)}</h2>
            <div class="figures">
                ${figure(callers.length, 'waiting', 'waiting')}${figure(Math.max(0, Math.round(longest)) + ' s', 'longest')}
                ${figure(members.filter(m => m.status === 'free' && !m.paused).length, 'free')}
                ${figure(queue.answered, 'answered')}${figure(queue.abandoned, 'abandoned')}
            </div>
            <ul class="callers">${callers.map(c => `<li>${escape(c.number)}</li>`).join('')}</ul>
            <ul>${members.map(m => `<li class="${m.status}${m.paused ? ' paused' : ''}">${escape(m.name)}</li>`).join('')}</ul></section>`;
    }

    function draw() {
        document.querySelector('main').innerHTML = Object.entries(board.queues).map(queue).join('');
    }

    function say(text, live) {
        const link = document.getElementById('link');
        link.textContent = text;
        link.dataset.live = live;
    }

    const source = new EventSource('/wallboard/events');
    source.onmessage = message => { board = JSON.parse(message.data); draw(); say('live', true); };
    source.onerror = () => say('connecting', false);
    draw();
    setInterval(draw, 1000);
</script>
</body>
</html>
