<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Cli;

use Apn\AmiClient\AmiClientManager;
use Apn\AmiClient\Cli\Configuration;
use Apn\AmiClient\Cli\UsageException;
use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\TestCase;

final class ConfigurationTest extends TestCase
{
    private string $file;

    protected function setUp(): void
    {
        $this->file = sys_get_temp_dir() . '/ami-' . bin2hex(random_bytes(8)) . '.php';
    }

    protected function tearDown(): void
    {
        is_file($this->file) && unlink($this->file);
    }

    public function testOneServerComesFromTheEnvironment(): void
    {
        $config = Configuration::load(null, [
            'AMI_HOST' => 'pbx1.example',
            'AMI_PORT' => '5039',
            'AMI_SERVER' => 'pbx1',
            'AMI_USERNAME' => 'admin',
            'AMI_SECRET' => 's3cret',
            'AMI_TLS_CA' => '/ca.pem',
        ]);

        $server = [
            'host' => 'pbx1.example',
            'port' => 5039,
            'username' => 'admin',
            'secret' => 's3cret',
            'tls' => ['ca_file' => '/ca.pem'],
        ];
        self::assertSame(['default' => 'pbx1', 'servers' => ['pbx1' => $server]], $config);
    }

    public function testWhatTheEnvironmentDoesNotSayIsLeftToTheClient(): void
    {
        $environment = ['AMI_HOST' => 'pbx1.example', 'AMI_USERNAME' => 'admin', 'AMI_SECRET' => 's3cret'];

        $manager = AmiClientManager::fromConfig(Configuration::load(null, $environment));

        self::assertSame(['default'], $manager->serverKeys());
    }

    public function testASecretMayComeFromAFile(): void
    {
        file_put_contents($this->file, "s3cret\n");

        $config = Configuration::load(null, [
            'AMI_HOST' => 'h',
            'AMI_USERNAME' => 'admin',
            'AMI_SECRET_FILE' => $this->file,
        ]);

        self::assertSame(
            ['default' => ['host' => 'h', 'port' => 5038, 'username' => 'admin', 'secret' => 's3cret']],
            $config['servers'] ?? null,
        );
    }

    public function testAServerMayComeAsADsn(): void
    {
        $config = Configuration::load(null, [
            'AMI_DSN' => 'amis://admin:s%2Fcret@pbx1.example',
            'AMI_SERVER' => 'pbx1',
        ]);

        self::assertSame(
            [
                'default' => 'pbx1',
                'servers' => [
                    'pbx1' => [
                        'host' => 'pbx1.example',
                        'port' => 5039,
                        'username' => 'admin',
                        'secret' => 's/cret',
                        'tls' => [],
                    ],
                ],
            ],
            $config,
        );
    }

    public function testServersComeFromAFileThatMayHaveMore(): void
    {
        file_put_contents(
            $this->file,
            "<?php return ['default' => 'pbx1', 'servers' => ['pbx1' => ['host' => 'h']], 'bridge' => []];",
        );
        $expected = ['default' => 'pbx1', 'servers' => ['pbx1' => ['host' => 'h']]];

        self::assertSame($expected, Configuration::load($this->file, ['AMI_HOST' => 'other']));
        self::assertSame($expected, Configuration::load(null, ['AMI_CONFIG' => $this->file]));
    }

    public function testAFileThatDoesNotRunIsNamedAndItsTextIsNotShown(): void
    {
        file_put_contents($this->file, "<?php\nreturn ['secret' 's3cret'];");

        try {
            Configuration::load($this->file, []);
            self::fail('it was taken');
        } catch (UsageException $error) {
            self::assertSame("--config: {$this->file} does not run: ParseError at line 2", $error->getMessage());
            self::assertNull($error->getPrevious());
        }
    }

    public function testAFileThatReturnsNoServersIsRefused(): void
    {
        file_put_contents($this->file, '<?php return 1;');
        $this->expectException(UsageException::class);
        $this->expectExceptionMessage("{$this->file} does not return an array with \"servers\"");

        Configuration::load($this->file, []);
    }

    /** @return iterable<string, array{array<string, string>, string}> */
    public static function badEnvironments(): iterable
    {
        yield 'nothing' => [[], 'set AMI_HOST, AMI_USERNAME and AMI_SECRET'];
        yield 'a port that is none' => [['AMI_HOST' => 'h', 'AMI_PORT' => 'x'], 'AMI_PORT is x, must be a number'];
        yield 'no such file' => [['AMI_CONFIG' => '/nowhere.php'], 'there is no file /nowhere.php'];
        yield 'a DSN and a host' => [
            ['AMI_DSN' => 'ami://a:b@h', 'AMI_HOST' => 'h'],
            'AMI_DSN and AMI_HOST are both set',
        ];
        yield 'a DSN that is none' => [['AMI_DSN' => 'tcp://h'], 'AMI_DSN: the DSN is not ami://user:secret@host'];
        yield 'no account' => [['AMI_HOST' => 'h', 'AMI_SECRET' => 's3cret'], 'AMI_USERNAME is not set'];
        yield 'no secret' => [['AMI_HOST' => 'h', 'AMI_USERNAME' => 'admin'], 'AMI_SECRET is not set'];
        yield 'no such secret' => [
            ['AMI_HOST' => 'h', 'AMI_USERNAME' => 'admin', 'AMI_SECRET_FILE' => '/nowhere'],
            'AMI_SECRET_FILE: cannot read /nowhere',
        ];
    }

    /** @param array<string, string> $environment */
    #[DataProvider('badEnvironments')]
    public function testAWrongConfigurationIsExplained(array $environment, string $message): void
    {
        $this->expectException(UsageException::class);
        $this->expectExceptionMessage($message);

        Configuration::load(null, $environment);
    }
}
