<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Examples;

use PHPUnit\Framework\TestCase;

require_once \dirname(__DIR__, 2) . '/phpt/fake.inc';

/** examples/campaign.php as a process with a fake server, with short times. */
final class CampaignTest extends TestCase
{
    private string $folder;
    private \Fake $fake;

    protected function setUp(): void
    {
        $this->folder = sys_get_temp_dir() . '/ami-campaign-' . bin2hex(random_bytes(6));
        mkdir($this->folder);
        $this->fake = new \Fake();
        $server = ['host' => '127.0.0.1', 'port' => $this->fake->ports[0], 'username' => 'admin', 'secret' => 's3cret'];
        file_put_contents(
            "{$this->folder}/ami.php",
            '<?php return ' . var_export(['servers' => ['pbx1' => $server]], return: true) . ';',
        );
    }

    protected function tearDown(): void
    {
        $this->fake->kill();
        array_map(unlink(...), glob("{$this->folder}/*") ?: []);
        rmdir($this->folder);
    }

    public function testABusyPhoneIsTriedThreeTimesAndOneThatAnsweredNeverAgain(): void
    {
        [$status, $output] = $this->campaign('Local/1@answer', 'Local/2@busy', 'PJSIP/nosuch', 'Local/1@answer');

        self::assertSame(0, $status, $output);
        $counts = array_count_values(explode("\n", trim($output)));
        ksort($counts);
        self::assertSame(
            [
                'Local/1@answer: answered' => 1,
                'Local/2@busy: busy' => 1,
                'Local/2@busy: busy, again later' => 2,
                'PJSIP/nosuch: failed' => 1,
            ],
            $counts,
        );
    }

    public function testARestartGoesOnWhereItEndedAndCallsNobodyTwice(): void
    {
        file_put_contents("{$this->folder}/journal", implode("\n", [
            '{"at":1,"channel":"Local/1@answer","outcome":"answered"}',
            '{"at":1,"channel":"Local/2@busy","outcome":"busy"}',
            '{"at":1,"channel":"Local/3@answer","outcome":"unknown"}',
            '{"at":1,"channel":"Local/5@answer","outcome":"placed"}',
            '{"at":1,"channel":"Local/4',
            '',
        ]));

        [, $output] = $this->campaign(
            'Local/1@answer',
            'Local/2@busy',
            'Local/3@answer',
            'Local/4@answer',
            'Local/5@answer',
        );

        self::assertSame(2, substr_count($output, 'Local/2@busy: busy'));
        self::assertSame(1, substr_count($output, 'Local/4@answer: answered'));
        self::assertStringNotContainsString('Local/1', $output);
        self::assertStringNotContainsString('Local/3', $output);
        self::assertStringNotContainsString('Local/5', $output, 'it may have rung when the process ended');
    }

    public function testWithoutAServerNothingIsTried(): void
    {
        $this->fake->kill();

        self::assertSame([1, "no server is ready\n"], $this->campaign('Local/1@answer'));
        self::assertFileDoesNotExist("{$this->folder}/journal");
    }

    /** @return array{int, string} */
    private function campaign(string ...$channels): array
    {
        $process = proc_open(
            [
                PHP_BINARY,
                \dirname(__DIR__, 3) . '/examples/campaign.php',
                "{$this->folder}/journal",
                ...array_values($channels),
            ],
            [1 => ['pipe', 'w'], 2 => ['redirect', 1]],
            $pipes,
            env_vars: [...getenv(), 'AMI_CONFIG' => "{$this->folder}/ami.php", 'CAMPAIGN_HURRY' => '1000'],
        );
        self::assertIsResource($process);
        $output = (string) stream_get_contents($pipes[1]);

        return [proc_close($process), $output];
    }
}
