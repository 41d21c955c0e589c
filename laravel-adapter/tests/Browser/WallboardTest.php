<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Tests\Browser;

use Apn\AmiClient\Laravel\Cluster\Leases;
use Apn\AmiClient\Laravel\Tests\Feature\RedisTestCase;
use Apn\AmiClient\Laravel\Tests\Support\Browser;
use Apn\AmiClient\Laravel\Tests\Support\FakeAsteriskProcess;
use Apn\AmiClient\Laravel\Tests\Support\Port;
use Apn\AmiClient\Laravel\Tests\Support\RedisProcess;
use Apn\AmiClient\Laravel\Tests\Support\Wait;
use Illuminate\Filesystem\Filesystem;
use PHPUnit\Framework\Attributes\Group;

/** examples/laravel-wallboard in a browser: what the page shows first, and what reaches it while it is open. */
#[Group('browser')]
final class WallboardTest extends RedisTestCase
{
    /** A page around the wallboard that has loaded only when that shows what the test has it wait for; then it has its DOM. */
    private const string FRAME = <<<'HTML'
        <html><body style="margin:0"><iframe id="board" src="/wallboard" style="border:0;width:1280px;height:720px"></iframe>
        <pre id="dom" hidden></pre><img src="/late" hidden>
        <script>
            const watch = setInterval(() => {
                dom.textContent = board.contentDocument?.body?.innerHTML ?? '';
                if (['data-live="true"', '222', 'free paused'].every(text => dom.textContent.includes(text))) {
                    clearInterval(watch);
                    fetch('/shown');
                }
            }, 50);
        </script></body></html>
        HTML;

    private int $number = 1_000_000;

    /** @var resource */
    private $server;

    protected function tearDown(): void
    {
        if (is_resource($this->server)) {
            proc_terminate($this->server, SIGKILL);
            proc_close($this->server);
        }
        parent::tearDown();
    }

    public function testThePageFollowsTheQueues(): void
    {
        $files = new Filesystem();
        $files->copyDirectory(dirname(__DIR__, 3) . '/examples/laravel-wallboard', $this->skeleton->path);
        $frame = var_export(self::FRAME, true);
        $folder = $this->skeleton->path;
        $this->skeleton->onBoot(<<<PHP
            app()->register(App\Wallboard\WallboardServiceProvider::class);
            Illuminate\Support\Facades\Route::get('/frame', fn () => $frame);
            Illuminate\Support\Facades\Route::get('/late', function () {
                touch('$folder/opened');
                while (! file_exists('$folder/shown')) { usleep(20000); clearstatcache(); }
            });
            Illuminate\Support\Facades\Route::get('/shown', fn () => (string) touch('$folder/shown'));
            PHP);
        $this->configure(new FakeAsteriskProcess(1, '--rate', '1'));
        $environment = ['CACHE_STORE' => 'redis'];
        $this->process('ami:listen --all', $environment)->waitForOutput('"to":"ready"');
        $this->process('ami:read wallboard --from=0', $environment);
        $this->event('QueueCallerJoin', ['Queue' => 'support', 'Uniqueid' => '1.1', 'CallerIDNum' => '+49 30 111']);
        $url = $this->serve($environment);
        Wait::until(static fn(): bool => str_contains(
            (string) @file_get_contents("$url/wallboard"),
            'support',
        ), 'a board');

        $screenshot = (string) (getenv('AMI_SCREENSHOT') ?: "$folder/wallboard.png");
        $browser = new Browser("$url/frame", $screenshot);
        Wait::until(static fn(): bool => file_exists("$folder/opened"), 'the page is open');
        $this->event('QueueCallerJoin', ['Queue' => 'support', 'Uniqueid' => '1.2', 'CallerIDNum' => '+49 30 <222>']);
        $this->event('QueueMemberPause', [
            'Queue' => 'support',
            'Interface' => 'Local/201@answer',
            'MemberName' => 'LeasedServers 201',
            'Status' => 1,
            'Paused' => 1,
        ]);

        $dom = html_entity_decode($browser->dom());
        self::assertStringContainsString('data-live="true"', $dom);
        self::assertStringContainsString('data-queue="pbx1/support"', $dom);
        self::assertStringContainsString('+49 30 &lt;222&gt;', $dom);
        self::assertStringContainsString('<li class="free paused">LeasedServers 201</li>', $dom);
        self::assertStringStartsWith("\x89PNG", (string) file_get_contents($screenshot));
    }

    /**
     * An event as the worker would have written it, under its term.
     *
     * @param array<string, scalar> $headers
     */
    private function event(string $name, array $headers): void
    {
        $fence = $this->app->make(Leases::class)->read(['pbx1'])['pbx1']->fence;
        $pairs = array_map(
            static fn(string $header, mixed $value): array => [$header, (string) $value],
            array_keys($headers),
            $headers,
        );
        $json = json_encode([
            'k' => 'event',
            's' => 'pbx1',
            'f' => $fence,
            'n' => ++$this->number,
            't' => microtime(as_float: true),
            'q' => $this->number,
            'h' => [['Event', $name], ...$pairs],
        ]);
        $this->redis->rawCommand('XADD', self::STREAM, '*', 'e', $json);
        $this->redis->hIncrBy('app_ami:written', ':added', 1);
    }

    /** @param array<string, string> $environment */
    private function serve(array $environment): string
    {
        $port = Port::free();
        $folder = $this->skeleton->path;
        $process = proc_open(
            [PHP_BINARY, '-S', "127.0.0.1:$port", "$folder/public/index.php"],
            [1 => ['file', "$folder/storage/logs/server", 'w'], 2 => ['file', "$folder/storage/logs/server", 'a']],
            $pipes,
            $folder,
            [
                ...getenv(),
                'APP_ENV' => 'local',
                'APP_BOOT' => "$folder/boot.php",
                'REDIS_PORT' => (string) RedisProcess::port(),
                'PHP_CLI_SERVER_WORKERS' => '6',
                ...$environment,
            ],
        );
        self::assertNotFalse($process);
        $this->server = $process;

        return "http://127.0.0.1:$port";
    }
}
