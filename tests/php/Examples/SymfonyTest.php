<?php

declare(strict_types=1);

namespace Apn\AmiClient\Tests\Examples;

use Apn\AmiClient\ActionSender;
use Apn\AmiClient\AmiClientManager;
use Apn\AmiClient\OriginateOutcome;
use App\Command\AmiWorkerCommand;
use App\Message\PlaceCall;
use App\MessageHandler\PlaceCallHandler;
use PHPUnit\Framework\TestCase;
use Symfony\Component\Config\FileLocator;
use Symfony\Component\Console\Tester\CommandTester;
use Symfony\Component\DependencyInjection\ContainerBuilder;
use Symfony\Component\DependencyInjection\Loader\YamlFileLoader;
use Symfony\Component\Messenger\Exception\HandlerFailedException;
use Symfony\Component\Messenger\Exception\RecoverableMessageHandlingException;
use Symfony\Component\Messenger\Exception\UnrecoverableMessageHandlingException;
use Symfony\Component\Messenger\Handler\HandlersLocator;
use Symfony\Component\Messenger\MessageBus;
use Symfony\Component\Messenger\Middleware\HandleMessageMiddleware;
use Symfony\Component\Messenger\Stamp\HandledStamp;

require_once \dirname(__DIR__, 2) . '/phpt/fake.inc';
foreach (['Config', 'Console', 'DependencyInjection', 'Messenger', 'Yaml'] as $component) {
    require_once \getenv('AMI_SYMFONY') . "/Symfony/Component/{$component}/autoload.php";
}

/** The files of examples/symfony in a Symfony container, as in an application. */
final class SymfonyTest extends TestCase
{
    private const string EXAMPLE = __DIR__ . '/../../../examples/symfony';

    private \Fake $fake;

    public static function setUpBeforeClass(): void
    {
        spl_autoload_register(static function (string $class): void {
            $file = self::EXAMPLE . '/src/' . strtr(substr($class, strlen('App\\')), '\\', '/') . '.php';
            if (str_starts_with($class, 'App\\') && is_file($file)) {
                require $file;
            }
        });
    }

    protected function setUp(): void
    {
        $this->fake = new \Fake(1, '--rate', '50');
    }

    protected function tearDown(): void
    {
        $this->fake->kill();
        unset($_ENV['AMI_DSN']);
    }

    public function testServicesThatSendGetTheManagerOfTheProcess(): void
    {
        $container = $this->container();

        self::assertSame(['pbx1'], $container->get(AmiClientManager::class)?->serverKeys());
        self::assertSame($container->get(AmiClientManager::class), $container->get(ActionSender::class));
    }

    public function testTheCommandHearsEventsUntilItIsStopped(): void
    {
        $container = $this->container();
        $command = $container->get(AmiWorkerCommand::class);
        self::assertInstanceOf(AmiWorkerCommand::class, $command);
        $container->get(AmiClientManager::class)?->onEvent('Hangup', static fn() => $command->handleSignal(SIGTERM));
        $tester = new CommandTester($command);

        self::assertSame(0, $tester->execute([]));
        self::assertMatchesRegularExpression('/^PJSIP\/\S+ hung up$/m', $tester->getDisplay());
        self::assertSame([SIGTERM, SIGINT], $command->getSubscribedSignals());
    }

    public function testAMessagePlacesACallOnASessionThatStays(): void
    {
        $container = $this->container();
        $bus = self::bus($container);

        foreach (['201', '201'] as $agent) {
            $stamp = $bus->dispatch(new PlaceCall($agent, '300'))->last(HandledStamp::class);
            self::assertSame(OriginateOutcome::Answered, $stamp?->getResult()->outcome);
        }
        self::assertSame(0, $container->get(AmiClientManager::class)?->health()['pbx1']->reconnects);
    }

    public function testWhatSurelyDidNotRunIsTriedAgainByMessenger(): void
    {
        $container = $this->container();
        $this->fake->kill();

        try {
            self::bus($container)->dispatch(new PlaceCall('201', '300'));
            self::fail('nobody is there');
        } catch (HandlerFailedException $error) {
            self::assertNotSame([], $error->getWrappedExceptions(RecoverableMessageHandlingException::class));
        }
    }

    public function testACallWhoseOutcomeIsNotToldIsNotPlacedAgain(): void
    {
        try {
            self::bus($this->container(mask: 'off'))->dispatch(new PlaceCall('201', '300'));
            self::fail('nobody told it');
        } catch (HandlerFailedException $error) {
            self::assertNotSame([], $error->getWrappedExceptions(UnrecoverableMessageHandlingException::class));
        }
    }

    private function container(string $mask = 'call'): ContainerBuilder
    {
        $_ENV['AMI_DSN'] = "ami://admin:s3cret@127.0.0.1:{$this->fake->ports[0]}?event_mask={$mask}";
        $container = new ContainerBuilder();
        new YamlFileLoader($container, new FileLocator(self::EXAMPLE . '/config'))->load('services.yaml');
        foreach ([...$container->getDefinitions(), ...$container->getAliases()] as $service) {
            // The services are public, because the test gets them by name.
            $service->setPublic(true);
        }
        $container->compile(resolveEnvPlaceholders: true);

        return $container;
    }

    private static function bus(ContainerBuilder $container): MessageBus
    {
        $handler = $container->get(PlaceCallHandler::class);
        self::assertInstanceOf(PlaceCallHandler::class, $handler);

        return new MessageBus([new HandleMessageMiddleware(new HandlersLocator([PlaceCall::class => [$handler]]))]);
    }
}
