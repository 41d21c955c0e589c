<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Tests\Feature;

use Apn\AmiClient\AmiClientManager;
use Apn\AmiClient\Exception\InvalidConfigurationException;
use Apn\AmiClient\Laravel\AmiManager;
use Apn\AmiClient\Laravel\Cluster\Store;
use Apn\AmiClient\Laravel\Facades\Ami;
use Apn\AmiClient\Laravel\Tests\Support\FakeAsteriskProcess;
use Apn\AmiClient\Laravel\Tests\Support\FpmProcess;
use Apn\AmiClient\Laravel\Tests\Support\RedisProcess;
use Apn\AmiClient\Laravel\Tests\Support\Wait;
use Illuminate\Container\Container;
use Illuminate\Support\Facades\Facade;
use PHPUnit\Framework\Attributes\Group;
use ReflectionClass;

/** Processes that serve many requests: FPM's children, and Octane's workers. */
final class LongLivedTest extends RedisTestCase
{
    public function testAHouseOfFpmChildrenIsOneSessionOfEachServer(): void
    {
        $this->serve(children: 40);
    }

    /** The figure of docs/laravel.md: tools/laravel -l 13 --group sizing --filter TwoHundred laravel-adapter/tests */
    #[Group('sizing')]
    public function testTwoHundredFpmChildrenAreOneSessionOfEachServer(): void
    {
        [$requests, $busy, $sessions] = $this->serve(children: 200);
        fwrite(STDERR, "\n  $requests requests by $busy of 200 FPM children on 2 servers: $sessions sessions\n");
    }

    public function testTheClientOfAnFpmChildSurvivesRequestsAndAReload(): void
    {
        $this->configure(new FakeAsteriskProcess());
        $this->skeleton->onBoot(<<<'PHP'
            Illuminate\Support\Facades\Route::get('/direct', function () {
                return Apn\AmiClient\Laravel\Facades\Ami::direct('pbx1')
                    ->send(new Apn\AmiClient\GenericAction('Ping'))->await(5.0)->get('Ping');
            });
            PHP);
        $fpm = new FpmProcess($this->skeleton, 2, ['REDIS_PORT' => (string) RedisProcess::port()]);
        self::assertSame(array_fill(0, 6, 'Pong'), $fpm->get(array_fill(0, 6, '/direct')));
        $fpm->reload();
        self::assertSame(['Pong'], array_values(array_unique($fpm->get(array_fill(0, 6, '/direct')))));
        $fpm->stop();
    }

    /** Octane gives every request a clone of the application, and forgets the facades' instances. */
    public function testNoSingletonHoldsTheApplicationOfARequest(): void
    {
        config()->set('ami.servers', ['pbx1' => ['host' => '127.0.0.1', 'username' => 'a', 'secret' => 'b']]);
        $sandbox = clone $this->app;
        $this->asCurrent($sandbox);
        $manager = Ami::manager();
        $service = $sandbox->make(AmiManager::class);
        foreach (new ReflectionClass($service)->getProperties() as $property) {
            self::assertNotInstanceOf(Container::class, $property->getValue($service));
        }
        $next = clone $this->app;
        $this->asCurrent($next);
        self::assertNotSame($sandbox, $next);
        self::assertInstanceOf(AmiClientManager::class, Ami::manager());
        self::assertSame(['pbx1'], Ami::serverKeys());
        self::assertSame(['pbx1'], $manager->serverKeys());
        $this->asCurrent($this->app);
    }

    /** What Octane's worker does at its start: what requests make later is theirs alone, and goes with them. */
    public function testTheRequestsOfAnOctaneWorkerShareOneClient(): void
    {
        config()->set('ami.servers', ['pbx1' => ['host' => '127.0.0.1', 'username' => 'a', 'secret' => 'b']]);
        $this->app['events']->dispatch('Laravel\Octane\Events\WorkerStarting', [
            (object) ['app' => $this->app],
        ]);
        $seen = [];
        foreach ([1, 2] as $_) {
            $sandbox = clone $this->app;
            $this->asCurrent($sandbox);
            $seen[] = [Ami::manager(), $sandbox->make(Store::class)];
        }
        self::assertSame($seen[0], $seen[1]);
        self::assertSame('disconnected', $seen[0][0]->server('pbx1')->state()->value);
        $this->asCurrent($this->app);
    }

    /** The worker of Octane has other work than Asterisk. */
    public function testARefusedConfigurationEndsNoOctaneWorker(): void
    {
        config()->set('ami.servers', ['pbx1' => ['host' => '']]);
        $this->app['events']->dispatch('Laravel\Octane\Events\WorkerStarting', [
            (object) ['app' => $this->app],
        ]);
        $this->expectException(InvalidConfigurationException::class);
        Ami::manager();
    }

    /** @return array{int, int, int} requests, children that served one, sessions at the servers */
    private function serve(int $children): array
    {
        $log = "{$this->skeleton->path}/storage/logs/asterisk";
        $asterisk = new FakeAsteriskProcess(2, '--log', "2>$log");
        // So many children leave a worker on the same two cores little time.
        $this->configure($asterisk, ['cluster' => ['lease' => 60.0]]);
        $this->skeleton->onBoot(<<<'PHP'
            Illuminate\Support\Facades\Route::get('/call/{pbx}', function (string $pbx) {
                $response = Apn\AmiClient\Laravel\Facades\Ami::to($pbx)
                    ->send(new Apn\AmiClient\GenericAction('Ping'), deadline: 60.0)->await(60.0);
                // The child is busy, so that the next request is another one's.
                usleep(200000);
                return getmypid() . ' ' . $response->get('Ping');
            });
            PHP);
        $worker = $this->process('ami:listen --all');
        Wait::until(static fn(): bool => substr_count($worker->output(), '"to":"ready"') === 2, 'two sessions');
        $fpm = new FpmProcess($this->skeleton, $children, ['REDIS_PORT' => (string) RedisProcess::port()]);
        $bodies = [];
        foreach (['pbx1', 'pbx2'] as $server) {
            array_push($bodies, ...$fpm->get(array_fill(0, $children, "/call/$server")));
        }
        foreach ($bodies as $body) {
            self::assertMatchesRegularExpression('/^\d+ Pong$/', $body);
        }
        $fpm->stop();
        $busy = count(array_unique(array_map(intval(...), $bodies)));
        self::assertGreaterThan($children / 2, $busy);
        $sessions = substr_count((string) file_get_contents($log), ' connected');
        self::assertSame(2, $sessions);

        return [count($bodies), $busy, $sessions];
    }

    private function asCurrent(Container $application): void
    {
        Container::setInstance($application);
        Facade::clearResolvedInstances();
        Facade::setFacadeApplication($application);
    }
}
