// Another client than the one the fake was made for: signs in, tells a command, answers it.
const { Client } = require("discord.js");

const [address, token] = process.argv.slice(2);
const client = new Client({ intents: [1], rest: { api: `${address}/api`, version: "10" } });

client.on("clientReady", async () => {
  await client.application.commands.set([{ name: "hello", description: "Say hello" }]);
  console.log(`ready in ${client.guilds.cache.size}`);
});
client.on("interactionCreate", async (interaction) => {
  if (interaction.isButton()) {
    await interaction.update({ content: "Pressed.", components: [] });
    console.log("pressed");
    return;
  }
  const button = { type: 2, style: 1, label: "Press", custom_id: "press" };
  await interaction.reply({
    content: "Hello.", flags: 64, components: [{ type: 1, components: [button] }],
  });
  console.log("answered");
});
client.login(token);
