<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Examples;

use Apn\AmiClient\Actions\Originate;
use Apn\AmiClient\AmiClientManager;
use Apn\AmiClient\Tests\Hostile;
use PHPUnit\Framework\TestCase;

require_once \dirname(__DIR__, 2) . '/phpt/fake.inc';

/** examples/demo.php on a terminal of 80 columns, with two fake servers, one of which is killed, and hostile names of callers. */
final class DemoTest extends TestCase
{
    private const string DEMO = __DIR__ . '/../../../examples/demo.php';

    public function testItShowsEverySceneLosesAServerAndEndsWithASummary(): void
    {
        $fakes = ['pbx1' => new \Fake(1, '--rate', '50'), 'pbx2' => new \Fake(1, '--rate', '50')];
        [$process, $terminal] = self::start($fakes, ['AMI_DEMO_STOP_PBX1' => 'true', 'AMI_DEMO_START_PBX1' => 'true']);
        $others = new AmiClientManager($fakes['pbx2']->servers());
        $others->connectAll(wait: 5.0);
        $names = array_column(Hostile::names(), 0);
        $output = '';
        $isKilled = false;
        while (true) {
            // On Linux, reading from a closed terminal is an error, not an end of file.
            $read = @fread($terminal, 65_536);
            if ($read === false || $read === '' && feof($terminal)) {
                break;
            }
            $output .= $read;
            if ($names !== []) {
                self::call($others, (string) array_pop($names));
            }
            $others->tick(20);
            if (!$isKilled && str_contains($output, 'is about to be killed')) {
                $isKilled = true;
                $port = $fakes['pbx1']->ports[0];
                $fakes['pbx1']->kill();
                $fakes['pbx1'] = new \Fake(1, '--port', (string) $port);
            }
        }
        $others->terminate();

        self::assertSame(0, proc_close($process), $output);
        array_map(static fn(\Fake $fake) => $fake->kill(), $fakes);
        self::assertSame([], $names, 'every name was used');
        foreach (['1 of 4', '2 of 4', '3 of 4', '4 of 4', 'What you saw', 'Read next'] as $scene) {
            self::assertStringContainsString($scene, $output);
        }
        self::assertStringContainsString('60 calls at once: 30 answered, 15 busy, 8 no answer, 7 congestion', $output);
        self::assertStringContainsString('0 sessions lost', $output);
        self::assertMatchesRegularExpression(
            '/pbx1 was killed and was back after \d+\.\d s; a Gap of \d+\.\d s told of it/',
            $output,
        );
        // The demo's own sequences: cursor home, clear to end of line, clear to end of screen, colours.
        $shown = (string) preg_replace('/\e\[(?:H|K|J|0m|1;36m)/', '', strtr($output, ["\r\n" => "\n"]));
        self::assertTrue(Hostile::isHarmless($shown));
        self::assertLessThan(80, max(array_map(mb_strwidth(...), explode("\n", $shown))));
        foreach (explode("\e[H", $output) as $index => $frame) {
            self::assertLessThan(24, substr_count($frame, "\n") + ($index === 0 ? -1 : 0), 'a frame fits 24 lines');
        }
    }

    public function testWhatIsMissingIsNamed(): void
    {
        $pipes = [];
        $process = proc_open([PHP_BINARY, self::DEMO], [2 => ['pipe', 'w']], $pipes, env_vars: [
            ...getenv(),
            'AMI_DEMO_SERVERS' => '',
        ]);
        self::assertIsResource($process);
        self::assertStringContainsString('set AMI_DEMO_SERVERS', (string) stream_get_contents($pipes[2]));
        self::assertSame(2, proc_close($process));
    }

    /**
     * @param array<string, \Fake> $fakes
     * @param array<string, string> $environment
     *
     * @return array{resource, resource} process and terminal
     */
    private static function start(array $fakes, array $environment): array
    {
        $servers = [];
        foreach ($fakes as $key => $fake) {
            $servers[] = "{$key}=127.0.0.1:{$fake->ports[0]}";
        }
        $pipes = [];
        $process = proc_open([PHP_BINARY, self::DEMO], [1 => ['pty'], 2 => ['pty']], $pipes, env_vars: [
            ...getenv(),
            'TERM' => 'xterm-256color',
            'COLUMNS' => '80',
            'AMI_DEMO_SERVERS' => implode(',', $servers),
            'AMI_DEMO_USER' => 'admin',
            'AMI_DEMO_SECRET' => 's3cret',
            ...$environment,
        ]);
        self::assertIsResource($process);
        $terminal = $pipes[1] ?? self::fail('no terminal');
        stream_set_blocking($terminal, enable: false);

        return [$process, $terminal];
    }

    private static function call(AmiClientManager $others, string $name): void
    {
        // A header cannot contain a line end or a NUL, because the client refuses them.
        $channel = 'Local/' . strtr($name, ["\r" => '', "\n" => '', "\x00" => '']) . '@answer';
        $others
            ->send(new Originate(channel: $channel, application: 'Wait', data: '1', async: true))
            ->onComplete(static fn() => null);
    }
}
