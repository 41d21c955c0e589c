<?php

declare(strict_types=1);

namespace Apn\AmiClient\Laravel\Tests\Feature;

use Apn\AmiClient\Laravel\Contracts\Ami as AmiContract;
use Apn\AmiClient\Laravel\Facades\Ami;
use Apn\AmiClient\Laravel\Routing\EventRoutes;
use Apn\AmiClient\Laravel\Tests\TestCase;
use App\CallShown;
use App\InvokableListener;
use App\PlainJob;
use App\PlainListener;
use App\QueuedListener;
use Illuminate\Events\CallQueuedListener;
use Illuminate\Support\Facades\Bus;
use Illuminate\Support\Facades\Queue;

/** Everything that Laravel people write as a listener. */
final class TargetTest extends TestCase
{
    protected function setUp(): void
    {
        parent::setUp();
        PlainListener::$heard = [];
    }

    public function testListenersInEverySpellingOfLaravelWork(): void
    {
        Ami::on('A', PlainListener::class);
        Ami::on('B', [PlainListener::class, 'other']);
        Ami::on('C', PlainListener::class . '@other');
        Ami::on('D', InvokableListener::class);
        Ami::on('E', new InvokableListener());
        Ami::on('F', [PlainListener::class, 'statically']);
        Ami::on('G', PlainJob::class);
        Ami::on('H', [new InvokableListener(), '__invoke']);
        $fake = Ami::fake();
        foreach (range('A', 'H') as $event) {
            $fake->emit($event);
        }
        self::assertSame(
            [
                'handle A of Call centre',
                'other B',
                'other C',
                'invoked D',
                'invoked E',
                'static F',
                'job G',
                'invoked H',
            ],
            PlainListener::$heard,
        );
    }

    public function testAQueuedListenerIsQueuedAsLaravelsOwn(): void
    {
        Queue::fake();
        Ami::on('Hangup', QueuedListener::class);
        Ami::fake()->emit('Hangup', ['Channel' => 'PJSIP/alice-1']);
        Queue::assertPushedOn(
            'calls',
            CallQueuedListener::class,
            static fn(CallQueuedListener $job): bool => (
                $job->class === QueuedListener::class
                && $job->tries === 3
                && $job->data[0]->get('Channel') === 'PJSIP/alice-1'
                && str_starts_with($job->data[1], 'pbx1:')
            ),
        );
    }

    public function testAnEventThatIsBroadcastNeedsNoListener(): void
    {
        Bus::fake();
        config()->set('ami.listen.events', ['Hangup' => CallShown::class]);
        Ami::on('Newchannel', CallShown::class);
        $routes = app(EventRoutes::class)->all(app('events'));
        self::assertSame([['Newchannel'], ['Hangup']], array_column($routes, 'names'));
    }

    public function testTheManagerCanBeExtendedAndBoundByItsContract(): void
    {
        self::assertSame(app(AmiContract::class), Ami::getFacadeRoot());
        Ami::macro('halls', fn(): array => ['support']);
        self::assertSame(['support'], Ami::halls());
    }

    public function testTheFacadeCanBeASpy(): void
    {
        Ami::spy();
        Ami::serverKeys();
        Ami::shouldHaveReceived('serverKeys')->once();
    }

    public function testTheFacadeCanBeAMock(): void
    {
        Ami::shouldReceive('serverKeys')->andReturn(['pbx7']);
        self::assertSame(['pbx7'], Ami::serverKeys());
    }
}
