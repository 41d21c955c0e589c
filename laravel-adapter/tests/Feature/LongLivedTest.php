<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Tests\Feature;

use Apn\AmiClient\AmiClientManager;
use Apn\AmiClient\Laravel\AmiService;
use Apn\AmiClient\Laravel\Facades\Ami;
use Apn\AmiClient\Laravel\Tests\Support\FakeAsteriskProcess;
use Apn\AmiClient\Laravel\Tests\Support\FpmProcess;
use Apn\AmiClient\Laravel\Tests\Support\RedisProcess;
use Illuminate\Container\Container;
use Illuminate\Support\Facades\Facade;
use ReflectionClass;

/** Processes that serve many requests: FPM's children, and Octane's workers. */
final class LongLivedTest extends RedisTestCase
{
    private const int CHILDREN = 40;

    public function testAHouseOfFpmChildrenIsOneSessionOfTheServer(): void
    {
        $log = "{$this->skeleton->path}/storage/logs/asterisk";
        $asterisk = new FakeAsteriskProcess(1, '--log', "2>$log");
        $this->configure($asterisk);
        $this->skeleton->onBoot(<<<'PHP'
            Illuminate\Support\Facades\Route::get('/call', function () {
                $response = Apn\AmiClient\Laravel\Facades\Ami::to('pbx1')
                    ->send(new Apn\AmiClient\GenericAction('Ping'), deadline: 20.0)->await(20.0);
                usleep(100000);
                return getmypid() . ' ' . $response->get('Ping');
            });
            PHP);
        $this->process('ami:listen --all')->waitForOutput('"to":"ready"');
        $fpm = new FpmProcess($this->skeleton, self::CHILDREN, ['REDIS_PORT' => (string) RedisProcess::port()]);
        $bodies = [...$fpm->get(array_fill(0, self::CHILDREN * 2, '/call')), ...$fpm->get(['/call', '/call'])];
        foreach ($bodies as $body) {
            self::assertMatchesRegularExpression('/^\d+ Pong$/', $body);
        }
        self::assertGreaterThan(self::CHILDREN / 2, count(array_unique(array_map(intval(...), $bodies))));
        self::assertSame(1, substr_count((string) file_get_contents($log), ' connected'));
        $fpm->stop();
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
        $service = $sandbox->make(AmiService::class);
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

    private function asCurrent(Container $application): void
    {
        Container::setInstance($application);
        Facade::clearResolvedInstances();
        Facade::setFacadeApplication($application);
    }
}
