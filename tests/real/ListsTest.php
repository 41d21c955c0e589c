<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Real;

use Apn\AmiClient\AmiEvent;
use PHPUnit\Framework\Attributes\DataProvider;

final class ListsTest extends RealTestCase
{
    #[DataProvider('versions')]
    public function testTheQueuesComeWithTheirMembers(int $version): void
    {
        $ami = $this->connect($this->asterisk($version));

        $response = $this->ask($ami, 'QueueStatus');

        $items = $response->getEvents();
        $count = array_count_values(array_map(static fn(AmiEvent $item): string => $item->name, $items));
        self::assertSame(
            ['QueueParams' => 2, 'QueueMember' => 2],
            array_intersect_key($count, ['QueueParams' => 0, 'QueueMember' => 0]),
        );
        self::assertSame('QueueStatusComplete', self::complete($response)->name);
        self::assertSame(\count($items), self::complete($response)->int('ListItems'));
    }
}
