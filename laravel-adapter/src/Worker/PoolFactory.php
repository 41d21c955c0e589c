<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Worker;

/** Makes the parts of a worker that share servers with other workers. Bound where `ami.redis` can be used. */
interface PoolFactory
{
    /** @return list<WriteBuffer&Sink> where events go beside the application's listeners */
    public function sinks(): array;

    /** @return array{ServerPool, list<Task>} the pool, and the tasks that go with it */
    public function pool(WorkerParts $worker): array;
}
