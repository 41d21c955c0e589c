<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Tests\Feature;

use Apn\AmiClient\Laravel\Cluster\RedisRecords;
use Apn\AmiClient\Laravel\Records\CacheRecords;
use Illuminate\Cache\ArrayStore;
use Illuminate\Cache\Repository;
use RedisException;

/** What workers leave for each other, with others at it at the same time. */
final class RecordsTest extends RedisTestCase
{
    public function testInRedisNoWorkerIsListedBeforeItsRecord(): void
    {
        $records = $this->app->make(RedisRecords::class);
        $records->put('alive', ['events' => 1], 60.0);
        try {
            // Redis refuses a record of no duration: only half of the step is done.
            $records->put('late', [], 0.0);
            self::fail('no exception');
        } catch (RedisException) {
            self::assertSame(['alive'], $this->redis->sMembers('app_ami:workers'));
        }
        self::assertSame(['alive' => ['events' => 1]], $records->workers());
    }

    public function testInRedisAWorkerWhoseRecordRanOutIsForgotten(): void
    {
        $records = $this->app->make(RedisRecords::class);
        $records->put('b', [], 60.0);
        $records->put('dead', [], 60.0);
        $records->put('a', [], 60.0);
        $this->redis->del('app_ami:worker:dead');
        self::assertSame(['a', 'b'], array_keys($records->workers()));
        self::assertEqualsCanonicalizing(['a', 'b'], $this->redis->sMembers('app_ami:workers'));
    }

    public function testInTheCacheAWorkerIsNotForgottenByOneThatStartsWithIt(): void
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
        $records = new CacheRecords(new Repository($store));
        $store->then = static fn() => $records->put('other', [], 60.0);
        $records->put('first', [], 60.0);
        self::assertEqualsCanonicalizing(['first', 'other'], array_keys($records->workers()));
    }
}
