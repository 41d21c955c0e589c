<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Tests\Feature;

use Apn\AmiClient\Laravel\Records\Records;
use Illuminate\Cache\ArrayStore;
use Illuminate\Cache\Repository;
use RedisException;

/** What workers leave for each other, with others at it at the same time. */
final class RecordsTest extends RedisTestCase
{
    public function testNoWorkerIsListedBeforeItsRecord(): void
    {
        $records = $this->app->make(Records::class);
        $records->put('alive', ['events' => 1], 60.0);
        $this->redis->rawCommand('CONFIG', 'SET', 'maxmemory', '1');
        try {
            $records->put('late', ['events' => 2], 60.0);
            self::fail('no exception');
        } catch (RedisException $refused) {
            self::assertStringContainsString('OOM', $refused->getMessage());
        } finally {
            $this->redis->rawCommand('CONFIG', 'SET', 'maxmemory', '0');
        }
        self::assertSame(['alive' => ['events' => 1]], $records->workers());
    }

    public function testAWorkerWhoseRecordRanOutIsForgotten(): void
    {
        $records = $this->app->make(Records::class);
        foreach (['b', 'dead', 'a'] as $worker) {
            $records->put($worker, ['mode' => 'cluster', 'draining' => false], 60.0);
        }
        $this->redis->del('app_ami:worker:dead', 'app_ami:member:dead');
        self::assertSame(['a', 'b'], array_keys($records->workers()));
        self::assertSame(['a', 'b'], array_keys($records->members()));
    }

    public function testAWorkerIsNotForgottenByOneThatStartsWithIt(): void
    {
        $store = new class extends ArrayStore {
            /** @var ?\Closure(): void called once, after the next write */
            public ?\Closure $then = null;

            public function put($key, $value, $seconds): bool
            {
                $isPut = parent::put($key, $value, $seconds);
                $then = $this->then;
                $this->then = null;
                if ($then !== null) {
                    $then();
                }

                return $isPut;
            }
        };
        $records = new Records(new Repository($store));
        $store->then = static fn() => $records->put('other', [], 60.0);
        $records->put('first', [], 60.0);
        self::assertEqualsCanonicalizing(['first', 'other'], array_keys($records->workers()));
    }
}
